/** The runs of one integration, the newest first, more of them on request. */
import type { RunView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { IntegrationClient } from '../../api/integration-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { emit } from '../emit.ts'

type Host = ReactiveControllerHost & EventTarget

const PAGE = 10
/** What the server gives at most. */
const MOST = 200

export class HistoryController {
  runs: readonly RunView[] | null = null
  loading = false
  failure: Failure | null = null

  private readonly host: Host
  private limit = PAGE
  private call: AbortController | null = null

  constructor(host: Host) {
    this.host = host
  }

  get hasMore(): boolean {
    return this.runs !== null && this.runs.length >= this.limit && this.limit < MOST
  }

  async open(client: IntegrationClient, integrationId: string): Promise<void> {
    this.close()
    await this.load(client, integrationId, PAGE)
  }

  async more(client: IntegrationClient, integrationId: string): Promise<void> {
    if (!this.loading) await this.load(client, integrationId, Math.min(MOST, this.limit * 2))
  }

  close(): void {
    this.call?.abort()
    this.runs = null
    this.failure = null
    this.loading = false
    this.limit = PAGE
  }

  private async load(client: IntegrationClient, integrationId: string, limit: number): Promise<void> {
    const call = new AbortController()
    this.call = call
    this.loading = true
    this.failure = null
    this.host.requestUpdate()
    try {
      const runs = await client.runs(integrationId, limit, call.signal)
      if (call.signal.aborted) return
      this.runs = runs
      this.limit = limit
    } catch (error) {
      if (call.signal.aborted) return
      this.failure = toFailure(error)
      emit(this.host, 'sn-error', this.failure)
    }
    this.loading = false
    this.host.requestUpdate()
  }
}
