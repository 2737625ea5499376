/** The list of integrations and what is done to them: read, read again while the page is in sight, one action at a time. */
import type { HealthCheck, IntegrationView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import { ApiError } from '../../api/api-error.ts'
import { createIntegrationClient, type IntegrationClient } from '../../api/integration-client.ts'
import type { RequestOptions } from '../../api/request.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { emit } from '../emit.ts'

type Host = ReactiveControllerHost & EventTarget

export type Action =
  | 'active'
  | 'sync'
  | 'confirm'
  | 'cancel'
  | 'test'
  | 'delete'
  | 'save'
  | 'pause'
  | 'resume'

/** An action gives the sentence that tells how it went. */
export type Work = (client: IntegrationClient) => Promise<string>

const LOOK_EVERY_MS = 60_000

export class IntegrationsController {
  /** Null until the first answer. */
  list: readonly IntegrationView[] | null = null
  /** Nothing is offered before it is known. */
  permissions: readonly string[] = []
  /** Why there is no list, or why it could not be read again. */
  failure: Failure | null = null
  busy: { id: string; action: Action } | null = null
  /** Why the last action did not work, and for which integration; the empty id for a new one. */
  refused: { id: string; failure: Failure; problem: unknown } | null = null
  told = ''
  /** False once the server has shown that it has no such route. */
  canTest = true
  readonly checks = new Map<string, readonly HealthCheck[]>()

  private readonly host: Host
  private readonly onRead: (list: readonly IntegrationView[], signal: AbortSignal) => void
  client: IntegrationClient | null = null
  private call: AbortController | null = null
  private timer: ReturnType<typeof setInterval> | undefined

  /** @param onRead told after each reading of the list */
  constructor(host: Host, onRead: (list: readonly IntegrationView[], signal: AbortSignal) => void) {
    this.host = host
    this.onRead = onRead
  }

  connect(): void {
    document.addEventListener('visibilitychange', this.look)
    this.timer = setInterval(this.look, LOOK_EVERY_MS)
  }

  disconnect(): void {
    document.removeEventListener('visibilitychange', this.look)
    clearInterval(this.timer)
    this.call?.abort()
  }

  may(permission: string): boolean {
    return this.permissions.includes(permission)
  }

  async start(options: RequestOptions): Promise<void> {
    this.client = createIntegrationClient(options)
    this.failure = null
    this.refused = null
    this.host.requestUpdate()
    await this.read()
  }

  async read(): Promise<void> {
    const { client } = this
    if (client === null) return
    this.call?.abort()
    const call = new AbortController()
    this.call = call
    try {
      const [list, permissions] = await Promise.all([
        client.list(call.signal),
        client.permissions(call.signal).catch(() => this.permissions),
      ])
      if (call.signal.aborted) return
      this.list = list
      this.permissions = permissions
      this.failure = null
      this.onRead(list, call.signal)
    } catch (error) {
      if (call.signal.aborted) return
      this.failure = toFailure(error)
      // Rows of somebody who is not signed in any more, or may not see them, are not left standing.
      if (this.failure.kind === 'signed_out' || this.failure.kind === 'no_permission') this.list = null
      this.report(this.failure)
    }
    this.host.requestUpdate()
  }

  /** Carries one action out; false when it did not work, or another is under way. The list is read anew after it. */
  async act(id: string, action: Action, work: Work): Promise<boolean> {
    const { client } = this
    if (this.busy !== null || client === null) return false
    this.busy = { id, action }
    this.refused = null
    this.told = ''
    this.host.requestUpdate()
    try {
      this.told = await work(client)
    } catch (error) {
      const failure = toFailure(error)
      this.refused = { id, failure, problem: error instanceof ApiError ? error.cause : null }
      this.report(failure)
    }
    if (action !== 'test') await this.read()
    this.busy = null
    this.host.requestUpdate()
    return this.refused === null
  }

  tell(words: string): void {
    this.told = words
    this.host.requestUpdate()
  }

  private readonly look = (): void => {
    if (document.visibilityState === 'visible' && this.list !== null && this.busy === null) void this.read()
  }

  private report(failure: Failure): void {
    if (failure.kind === 'signed_out') emit(this.host, 'sn-auth-required', { message: failure.message })
    emit(this.host, 'sn-error', failure)
  }
}
