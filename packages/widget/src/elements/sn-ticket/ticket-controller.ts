/** Reads the link of one ticket, looks again while something settles, and carries out what a person asks for. */
import type { HealthView, SyncProblemView, TicketLinkView } from '@snowline/protocol'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { TicketClient } from '../../api/ticket-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { isSettling, lookDelayMs, toLinkState } from '../../state/ticket.ts'
import { emit } from '../emit.ts'
import type { Action } from './view.ts'

type Host = ReactiveControllerHost & EventTarget

/** An action gives the sentence that tells how it went. */
export type Work = (client: TicketClient, link: TicketLinkView) => Promise<string>

export class TicketController implements ReactiveController {
  link: TicketLinkView | null = null
  health: HealthView | null = null
  problems: readonly SyncProblemView[] = []
  permissions: readonly string[] | null = null
  /** Why the link could not be read at all. */
  failure: Failure | null = null
  busy: Action | null = null
  /** Why the last action did not work. */
  refused: Failure | null = null
  /** How the last action went. */
  told = ''

  private readonly host: Host
  private readonly onSettled: (link: TicketLinkView) => void
  private client: TicketClient | null = null
  private ticketId = ''
  private call: AbortController | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private looks = 0

  /** @param onSettled told when what was under way has ended by itself */
  constructor(host: Host, onSettled: (link: TicketLinkView) => void) {
    this.host = host
    this.onSettled = onSettled
    host.addController(this)
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.onVisible)
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.onVisible)
    this.stop()
  }

  get state() {
    return this.link === null ? null : toLinkState(this.link)
  }

  /** Not knowing is not forbidding: the server decides. */
  get mayPush(): boolean {
    return this.permissions === null || this.permissions.includes('incident.push')
  }

  async start(client: TicketClient, ticketId: string): Promise<void> {
    this.stop()
    this.client = client
    if (ticketId !== this.ticketId) this.link = null
    this.ticketId = ticketId
    this.failure = null
    this.refused = null
    this.told = ''
    this.looks = 0
    this.host.requestUpdate()
    const call = new AbortController()
    this.call = call
    void this.learn(client, call.signal)
    await this.look()
  }

  stop(): void {
    this.call?.abort()
    this.call = null
    clearTimeout(this.timer)
  }

  /** Carries one action out; false when it did not work. Only one at a time, and the link is read anew after each. */
  async act(action: Action, work: Work): Promise<boolean> {
    const { client, link } = this
    if (this.busy !== null || client === null || link === null) return false
    this.busy = action
    this.refused = null
    this.told = ''
    this.looks = 0
    this.host.requestUpdate()
    let refused: Failure | null = null
    let told = ''
    try {
      told = await work(client, link)
    } catch (error) {
      refused = toFailure(error)
      this.report(refused)
    }
    await this.look()
    this.busy = null
    this.refused = refused
    this.told = told
    this.host.requestUpdate()
    return refused === null
  }

  /** Reads the link, and the decisions that wait when there are any. */
  async look(): Promise<void> {
    const { client, call, ticketId } = this
    if (client === null || call === null) return
    clearTimeout(this.timer)
    try {
      const link = await client.link(ticketId, call.signal)
      const state = toLinkState(link)
      const waits = state === 'waiting' || state === 'failed'
      const problems = waits ? await client.problems(ticketId, call.signal).catch(() => []) : []
      if (call.signal.aborted) return
      this.show(link, problems)
    } catch (error) {
      if (call.signal.aborted) return
      const failure = toFailure(error)
      if (this.link === null || failure.kind === 'signed_out') this.failure = failure
      this.report(failure)
    }
    this.host.requestUpdate()
    if (this.link !== null && isSettling(this.link)) this.lookLater()
  }

  private show(link: TicketLinkView, problems: readonly SyncProblemView[]): void {
    const before = this.link
    this.link = link
    this.problems = problems
    this.failure = null
    if (before === null) return
    if (before.ticket.sn_sys_id !== link.ticket.sn_sys_id) {
      emit(this.host, 'sn-ticket-link', { ticket: link.ticket, incident: link.incident })
    }
    if (isSettling(before) && !isSettling(link) && this.busy === null) this.onSettled(link)
  }

  private async learn(client: TicketClient, signal: AbortSignal): Promise<void> {
    const [health, permissions] = await Promise.all([
      client.health(signal).catch(() => null),
      client.permissions(signal).catch(() => null),
    ])
    if (signal.aborted) return
    this.health = health
    this.permissions = permissions
    this.host.requestUpdate()
  }

  private lookLater(): void {
    this.timer = setTimeout(() => {
      if (document.visibilityState === 'visible') void this.look()
    }, lookDelayMs(this.looks))
    this.looks += 1
  }

  private readonly onVisible = (): void => {
    if (document.visibilityState !== 'visible' || this.link === null || !isSettling(this.link)) return
    this.looks = 0
    void this.look()
  }

  private report(failure: Failure): void {
    if (failure.kind === 'signed_out') emit(this.host, 'sn-auth-required', { message: failure.message })
    emit(this.host, 'sn-error', failure)
  }
}
