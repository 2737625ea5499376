/** The simulator as the surroundings of a sync's life: the real client and source over it, people at work, and a judge's view of it all. */
import { basicAuth, createClient, tableSource } from '@snowline/sdk'
import { createInstance, type Instance, type Version as Written } from '@snowline/simulator'
import type { SysId, UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { TableSource } from '../../src/ports/source.ts'
import type { Call } from '../sync/invariants.ts'
import type { Surroundings } from '../sync/life.ts'
import { randomOf } from '../sync/world-options.ts'
import { steadily, type Version } from '../sync/world-rows.ts'

export interface InstanceWorldOptions {
  seed: number
  incidents: number
  /** Share of requests after which somebody has changed something. Default 0.5. */
  busy?: number
  /** Share of those changes that delete, bring back, hide or show a record. */
  deletes?: number
  /** Share of deletes that leave a trace. Default 1. */
  audited?: number
  undeletes?: number
  aclChanges?: number
  /** Share of incidents hidden from the beginning. */
  hidden?: number
  lateSeconds?: number
  /** Share of requests that each kind of fault strikes. */
  faults?: number
  /** Only unresolved incidents are synced. */
  filtered?: boolean
  /** More rows than this in one answer are cancelled by the instance. */
  quotaRows?: number
  /** Requests the semaphore lets work at once, with a queue of one. */
  semaphore?: number
  /** Requests allowed in ten seconds. */
  rate?: number
}

const USER = 'sync'
const journals = new Set(['comments', 'work_notes', 'comments_and_work_notes'])
const faultKinds = [
  { kind: 'status', status: 503 },
  { kind: 'cut-json' },
  { kind: 'error-in-result' },
  { kind: 'cut' },
  { kind: 'refuse' },
  { kind: 'lost-answer' },
  { kind: 'login' },
  { kind: 'dropped' },
  { kind: 'semaphore' },
  { kind: 'rate-limit', retryAfter: 3 },
] as const

export class InstanceWorld implements Surroundings {
  readonly source: TableSource
  readonly hugeIds: ReadonlySet<SysId> = new Set()
  readonly irregular = new Set<SysId>()
  readonly calls: Call[] = []
  requests = 0
  private readonly options: InstanceWorldOptions
  private readonly instance: Instance
  private readonly random: () => number
  private readonly hiddenIds = new Set<string>()
  private readonly revealedAt = new Map<string, number>()
  private readonly untraced = new Set<string>()
  private readonly versions = new Map<SysId, Version[]>()
  private readonly removed: string[] = []
  private nowMs = Date.parse('2026-11-02T09:00:00Z')
  private skewMs = 0
  private busy: number
  private kept: string | null = null
  private sleepers: { atMs: number; resolve: () => void }[] = []

  constructor(options: InstanceWorldOptions) {
    this.options = options
    this.busy = options.busy ?? 0.5
    this.random = randomOf(options.seed)
    this.instance = createInstance({
      seed: options.seed,
      incidents: options.incidents,
      clock: { start: '2026-11-02T09:00:00Z', now: () => this.nowMs },
      users: [{ user: USER, password: USER, roles: ['admin', 'itil'] }],
    })
    this.arrange()
    const client = createClient({
      instanceUrl: 'https://dev00000.service-now.com',
      auth: basicAuth({ username: USER, password: USER }),
      fetch: (request) => this.fetch(request),
      // A wait of the client passes at once.
      clock: { now: () => this.nowMs, sleep: async (ms) => this.pass(ms) },
      random: this.random,
    })
    const filter = options.filtered ? { filter: 'stateIN1,2,3' } : {}
    this.source = tableSource(client, 'incident', filter)
  }

  readonly clock = {
    now: () => this.nowMs + this.skewMs,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        this.sleepers.push({ atMs: this.nowMs + ms, resolve })
      }),
  }

  get now(): number {
    return this.nowMs
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1_000
  }

  leap(skewMs: number): void {
    this.skewMs = skewMs
  }

  quiet(): void {
    this.busy = 0
    this.instance.control.clearFaults()
  }

  visible(): SourceRecord[] {
    const all = this.instance.control.records('incident', { user: USER }) as SourceRecord[]
    return all.filter((record) => this.passes(record)).map((record) => this.shape(record))
  }

  readonly history = (id: SysId): readonly Version[] => {
    const written = this.instance.control.history('incident', id)
    const known = this.versions.get(id) ?? []
    // What was read before need not be shaped again; when it is seen may still change, by a restore.
    const versions = written.map((version, index) => ({
      record: known[index]?.record ?? this.recordOf(version),
      visibleAt: version.visibleAt === null ? Number.POSITIVE_INFINITY : Date.parse(version.visibleAt),
    }))
    this.versions.set(id, versions)
    return versions
  }

  steadilyVisible(id: SysId, fromMs: number): boolean {
    if (this.hiddenIds.has(id) || (this.revealedAt.get(id) ?? 0) >= fromMs) return false
    const span = { fromMs, nowMs: this.nowMs }
    return steadily(this.history(id), span, (record) => record !== null && this.passes(record))
  }

  steadilyGone(id: SysId, fromMs: number, watermark: UtcStamp): boolean {
    const span = { fromMs, nowMs: this.nowMs }
    const versions = this.history(id)
    if (!this.untraced.has(id) && steadily(versions, span, (record) => record === null)) return true
    if (this.hiddenIds.has(id) || (this.revealedAt.get(id) ?? 0) >= fromMs) return false
    return steadily(
      versions,
      span,
      (record) => record !== null && record.sys_updated_on <= watermark && !this.passes(record),
    )
  }

  rowsSince(stamp: UtcStamp): number | null {
    if (this.options.hidden || this.options.aclChanges || this.options.faults) return null
    return this.instance.control
      .records('incident')
      .filter((record) => (record.sys_updated_on ?? '') >= stamp).length
  }

  keep(): void {
    this.kept = this.instance.control.snapshot()
  }

  goBack(): void {
    if (this.kept === null) return
    const texts = () =>
      new Map(
        this.instance.control.records('incident').map((record) => [record.sys_id, JSON.stringify(record)]),
      )
    const before = texts()
    this.instance.control.restore(this.kept)
    const after = texts()
    for (const id of new Set([...before.keys(), ...after.keys()]))
      if (before.get(id) !== after.get(id)) this.irregular.add(id as SysId)
  }

  blackout(): () => void {
    const shown = this.ids().filter((id) => !this.hiddenIds.has(id))
    for (const id of shown) this.hide(id)
    return () => {
      for (const id of shown) this.reveal(id)
    }
  }

  /** Without journals, which no list answers, and without empty fields, which mean the same as absent ones. */
  shape(record: SourceRecord): SourceRecord {
    const fields = Object.entries(record).filter(([field, value]) => value !== '' && !journals.has(field))
    return Object.fromEntries(fields) as SourceRecord
  }

  private arrange(): void {
    const { control } = this.instance
    const { seed, hidden = 0, lateSeconds = 0, faults = 0, quotaRows, semaphore, rate } = this.options
    for (const id of this.ids()) if (this.random() < hidden) this.hide(id)
    if (lateSeconds > 0) control.lateCommits({ seed, share: 0.3, maxSeconds: lateSeconds })
    if (quotaRows !== undefined) control.quota({ seconds: quotaRows, msPerRow: 1_000 })
    if (semaphore !== undefined) control.semaphore({ concurrent: semaphore, queue: 1 })
    if (rate !== undefined) control.rateRule({ limit: rate, perSeconds: 10 })
    if (faults === 0) return
    for (const [index, fault] of faultKinds.entries())
      control.setFault({ ...fault, probability: faults, seed: seed * 100 + index })
  }

  private async fetch(request: Request): Promise<Response> {
    this.requests += 1
    const call: Call = { startedAt: this.nowMs, endedAt: this.nowMs, retryAfterMs: null }
    this.calls.push(call)
    this.pass(Math.floor(this.random() * 400))
    try {
      const response = await this.instance.fetch(request)
      const after = response.headers.get('Retry-After')
      call.retryAfterMs = after === null ? null : Number(after) * 1_000
      return response
    } finally {
      this.pass(Math.floor(this.random() * 100))
      call.endedAt = this.nowMs
      if (this.random() < this.busy) this.change()
    }
  }

  private pass(ms: number): void {
    this.nowMs += ms
    for (const { resolve } of this.sleepers.filter(({ atMs }) => atMs <= this.nowMs)) resolve()
    this.sleepers = this.sleepers.filter(({ atMs }) => atMs > this.nowMs)
  }

  private change(): void {
    const { control } = this.instance
    const { deletes = 0, undeletes = 0, aclChanges = 0, audited = 1 } = this.options
    const drawn = this.random()
    const ids = this.ids()
    const id = ids[Math.floor(this.random() * ids.length)]
    if (id !== undefined && drawn < deletes) {
      const traced = this.random() < audited
      if (!traced) this.untraced.add(id)
      if (control.remove('incident', [id], { audited: traced }) > 0) this.removed.push(id)
    } else if (drawn < deletes + undeletes) {
      const back = this.removed.splice(Math.floor(this.random() * this.removed.length), 1)
      if (control.undelete('incident', back) > 0) for (const each of back) this.irregular.add(each as SysId)
    } else if (id !== undefined && drawn < deletes + undeletes + aclChanges) {
      if (this.hiddenIds.has(id)) this.reveal(id)
      else this.hide(id)
    } else control.mutate({ seed: Math.floor(this.random() * 1e9), count: 1 + Math.floor(this.random() * 3) })
  }

  private ids(): string[] {
    return this.instance.control.records('incident').map((record) => record.sys_id ?? '')
  }

  private hide(id: string): void {
    this.hiddenIds.add(id)
    this.instance.control.hide([id])
  }

  private reveal(id: string): void {
    this.hiddenIds.delete(id)
    this.revealedAt.set(id, this.nowMs)
    this.irregular.add(id as SysId)
    this.instance.control.reveal([id])
  }

  private passes(record: SourceRecord): boolean {
    return !this.options.filtered || ['1', '2', '3'].includes(record.state ?? '')
  }

  private recordOf({ value }: Written): SourceRecord | null {
    return value === null ? null : this.shape(value as SourceRecord)
  }
}
