/** Which sources there are, the versions of one, and rollback: the only place of `<sn-datasets>` that reads the list. */
import type { DatasetVersionView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import { createDatasetClient, type DatasetClient } from '../../api/dataset-client.ts'
import type { RequestOptions } from '../../api/request.ts'
import { mergeVersions } from '../../state/datasets.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { emit } from '../emit.ts'

type Host = ReactiveControllerHost & EventTarget

/** Something that has versions: an integration, or the server's own connection (`env`, without a name of its own). */
export interface Source {
  id: string
  name: string | null
  /** Tells two of one name apart; null where it is not known. */
  url: string | null
}

export const ENV = 'env'

const PAGE = 25

export class DatasetsController {
  /** Null until known; empty when nothing can have versions. */
  sources: readonly Source[] | null = null
  source = ''
  /** Null until the first answer. */
  versions: readonly DatasetVersionView[] | null = null
  nextCursor: string | null = null
  loading = false
  permissions: readonly string[] = []
  failure: Failure | null = null
  client: DatasetClient | null = null

  private readonly host: Host
  private call: AbortController | null = null

  constructor(host: Host) {
    this.host = host
  }

  may(permission: string): boolean {
    return this.permissions.includes(permission)
  }

  /** @param fixed the source the page has chosen; empty to look for what there is */
  async start(options: RequestOptions, fixed: string): Promise<void> {
    this.client = createDatasetClient(options)
    this.failure = null
    this.call?.abort()
    const call = new AbortController()
    this.call = call
    this.loading = true
    this.host.requestUpdate()
    const { client } = this
    try {
      const [sources, permissions] = await Promise.all([
        fixed === '' ? this.findSources(client, call.signal) : [{ id: fixed, name: null, url: null }],
        client.permissions(call.signal).catch(() => []),
      ])
      if (call.signal.aborted) return
      this.sources = sources
      this.permissions = permissions
      const known = sources.some(({ id }) => id === this.source)
      if (!known) {
        this.source = sources[0]?.id ?? ''
        this.versions = null
      }
    } catch (error) {
      if (!call.signal.aborted) this.fail(error)
      return
    }
    if (this.source === '') {
      this.loading = false
      this.host.requestUpdate()
    } else await this.load(null)
  }

  stop(): void {
    this.call?.abort()
  }

  async choose(source: string): Promise<void> {
    if (source === this.source) return
    this.source = source
    this.versions = null
    await this.load(null)
  }

  async more(): Promise<void> {
    if (this.nextCursor !== null && !this.loading) await this.load(this.nextCursor)
  }

  /** The first page again, or the one after it. */
  async load(cursor: string | null): Promise<void> {
    const { client, source } = this
    if (client === null || source === '') return
    this.call?.abort()
    const call = new AbortController()
    this.call = call
    this.loading = true
    this.failure = null
    this.host.requestUpdate()
    try {
      const { items, nextCursor } = await client.versions(source, PAGE, cursor, call.signal)
      if (call.signal.aborted) return
      this.versions = cursor === null ? items : mergeVersions(this.versions ?? [], items)
      this.nextCursor = nextCursor
      this.loading = false
    } catch (error) {
      if (!call.signal.aborted) this.fail(error)
      return
    }
    this.host.requestUpdate()
  }

  /** Throws `ApiError`; the list is read again either way, since somebody may have been faster. */
  async rollback(version: number, reason: string): Promise<DatasetVersionView> {
    const { client, source } = this
    if (client === null) throw new Error('the element has not begun')
    try {
      return await client.rollback(source, version, reason)
    } finally {
      await this.load(null)
    }
  }

  /** Stored integrations that are ServiceNow, and the environment's connection when it is in use or has versions. */
  private async findSources(client: DatasetClient, signal: AbortSignal): Promise<readonly Source[]> {
    const [integrations, usesEnv] = await Promise.all([
      client.integrations(signal),
      this.usesEnv(client, signal),
    ])
    const stored = integrations
      .filter(({ connector_type: type }) => type === 'servicenow')
      .map(({ id, service_name: name, config: { url } }) => ({
        id,
        name,
        url: typeof url === 'string' ? url : null,
      }))
    return usesEnv ? [{ id: ENV, name: null, url: null }, ...stored] : stored
  }

  private async usesEnv(client: DatasetClient, signal: AbortSignal): Promise<boolean> {
    const [health, versions] = await Promise.all([
      client.health(signal).catch(() => null),
      client.versions(ENV, 1, null, signal).catch(() => null),
    ])
    return health?.source === ENV || (versions?.items.length ?? 0) > 0
  }

  private fail(error: unknown): void {
    this.failure = toFailure(error)
    this.loading = false
    if (this.failure.kind === 'signed_out' || this.failure.kind === 'no_permission') this.versions = null
    this.report(this.failure)
    this.host.requestUpdate()
  }

  report(failure: Failure): void {
    if (failure.kind === 'signed_out') emit(this.host, 'sn-auth-required', { message: failure.message })
    emit(this.host, 'sn-error', failure)
  }
}
