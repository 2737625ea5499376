/** Loads health and pages for `<sn-incidents>`: the only place in it that speaks with the server about the list. */
import type { HealthView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { ApiClient } from '../../api/api-client.ts'
import { type Choices, freshChoices, learnChoices } from '../../state/choices.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { type Filters, noFilters, toQuery } from '../../state/filters.ts'
import { emptyList, type ListState, reduceList } from '../../state/list.ts'
import { emit } from '../emit.ts'

/** How long the list waits for the health answer: it spares an unconfigured server a request that must fail. */
const HEALTH_HEAD_START_MS = 1500

type Host = ReactiveControllerHost & EventTarget

export class IncidentsController {
  list: ListState = emptyList
  filters: Filters = noFilters
  choices: Choices = freshChoices
  health: HealthView | null = null
  checking = true

  private readonly host: Host
  private client: ApiClient | null = null
  private healthCall: AbortController | null = null
  private listCall: AbortController | null = null
  private turn = 0
  private ready = false

  constructor(host: Host) {
    this.host = host
  }

  /** Begins anew with a client: health first, then the first page. Whatever was under way is given up. */
  async start(client: ApiClient, pageSize: number): Promise<void> {
    this.client = client
    await this.refresh(pageSize)
  }

  /** Asks for the connection and the newest rows again. */
  async refresh(pageSize: number): Promise<void> {
    this.turn += 1
    const turn = this.turn
    const health = this.loadHealth()
    this.reduce({ type: 'asked', more: false })
    const headStart = new Promise<null>((resolve) => setTimeout(() => resolve(null), HEALTH_HEAD_START_MS))
    const refused = await Promise.race([health, headStart])
    if (turn !== this.turn) return
    if (refused !== null) return this.fail(refused)
    if (this.blocked()) {
      this.listCall?.abort()
      this.list = emptyList
      this.host.requestUpdate()
      return
    }
    await this.load(pageSize, false)
  }

  /** Gives up everything under way: the element left the page. */
  stop(): void {
    this.turn += 1
    this.healthCall?.abort()
    this.listCall?.abort()
    this.client = null
  }

  /** Sets what is asked for and loads the first page of it. */
  async filter(filters: Filters, pageSize: number): Promise<void> {
    this.filters = filters
    emit(this.host, 'sn-filter-change', { filters })
    if (!this.blocked()) await this.load(pageSize, false)
  }

  async more(pageSize: number): Promise<void> {
    const busy = this.list.phase === 'loading' || this.list.phase === 'loading_more'
    if (this.list.nextCursor !== null && !busy) await this.load(pageSize, true)
  }

  private blocked(): boolean {
    return this.health?.status === 'not_configured' || this.health?.status === 'misconfigured'
  }

  /** Gives the failure when the server does not know who asks: then it will not answer for the list either. */
  private async loadHealth(): Promise<Failure | null> {
    this.healthCall?.abort()
    const call = new AbortController()
    this.healthCall = call
    this.checking = true
    let refused: Failure | null = null
    const health = await this.client?.health(call.signal).catch((error: unknown) => {
      const failure = toFailure(error)
      if (failure.kind === 'signed_out') refused = failure
      return null
    })
    if (call.signal.aborted) return null
    this.health = health ?? null
    this.checking = false
    this.host.requestUpdate()
    if (!this.ready && refused === null) {
      this.ready = true
      emit(this.host, 'sn-ready', { health: this.health })
    }
    return refused
  }

  private async load(pageSize: number, more: boolean): Promise<void> {
    const client = this.client
    if (client === null) return
    this.listCall?.abort()
    const call = new AbortController()
    this.listCall = call
    this.reduce({ type: 'asked', more })
    const query = toQuery(this.filters, pageSize, more ? this.list.nextCursor : null)
    try {
      const answer = await client.incidents(query, call.signal)
      if (call.signal.aborted) return
      this.choices = learnChoices(this.choices, answer.incidents)
      this.reduce({ type: 'answered', more, answer })
      const { incidents, total, source, stale } = this.list
      emit(this.host, 'sn-load', { incidents, added: answer.incidents.length, total, source, stale })
    } catch (error) {
      if (call.signal.aborted) return
      this.fail(toFailure(error))
    }
  }

  private fail(failure: Failure): void {
    this.reduce({ type: 'failed', failure })
    if (failure.kind === 'signed_out') emit(this.host, 'sn-auth-required', { message: failure.message })
    emit(this.host, 'sn-error', failure)
  }

  private reduce(action: Parameters<typeof reduceList>[1]): void {
    this.list = reduceList(this.list, action)
    this.host.requestUpdate()
  }
}
