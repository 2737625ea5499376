/** A small world behind a source port: rows with ties, late commits and hidden rows, on a virtual clock, replayable from its seed. */
import { TransportError } from '../../src/base/errors.ts'
import { type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { Slice } from '../../src/model/slice.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { PageRequest, SourcePage, TableSource } from '../../src/ports/source.ts'

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface WorldOptions {
  seed: number
  rows: number
  /** Share of rows that access rules hide after the limit. */
  hidden?: number
  /** Longest delay between a stamp and its visibility, in seconds. */
  lateSeconds?: number
  /** Share of requests that fail without an answer. */
  faults?: number
  /** Changes made while one request is under way, at most. */
  churn?: number
  linkOnly?: boolean
}

interface Version {
  record: SourceRecord
  visibleAt: number
}

export class World implements TableSource {
  readonly table = 'incident'
  readonly filtered = false
  readonly fingerprint = 'incident'
  readonly history = new Map<string, Version[]>()
  requests = 0
  private readonly options: Required<WorldOptions>
  private readonly random: () => number
  private nowMs = Date.parse('2026-03-01T08:00:00Z')
  private readonly hiddenIds = new Set<string>()

  constructor(options: WorldOptions) {
    this.options = { hidden: 0, lateSeconds: 0, faults: 0, churn: 3, linkOnly: false, ...options }
    this.random = randomOf(options.seed)
    for (let i = 0; i < options.rows; i += 1) {
      if (this.random() < 0.3) this.nowMs += Math.floor(this.random() * 4_000)
      this.insert()
    }
  }

  readonly clock = {
    now: () => this.nowMs,
    sleep: (ms: number, signal?: AbortSignal) => this.sleep(ms, signal),
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1_000
  }

  quiet(): void {
    Object.assign(this.options, { faults: 0, churn: 0 })
  }

  /** Changes one visible record and gives it as it is now. */
  touch(): SourceRecord {
    this.advance(1)
    const [first] = this.visible()
    const versions = this.history.get(first?.sys_id ?? '')
    if (first === undefined || versions === undefined) throw new Error('nothing to touch')
    this.commit({ ...first, short_description: 'touched' }, versions)
    return this.visible().find((record) => record.sys_id === first.sys_id) ?? first
  }

  /** What the integration user sees now. */
  visible(): SourceRecord[] {
    return this.current().filter((record) => !this.hiddenIds.has(record.sys_id))
  }

  async page(request: PageRequest): Promise<SourcePage> {
    this.requests += 1
    const { faults, churn } = this.options
    this.nowMs += Math.floor(this.random() * 400)
    if (this.random() < faults) throw new TransportError('reset', 'reset', { method: 'GET', url: '/world' })
    const page = this.answer(request)
    for (let i = Math.floor(this.random() * (churn + 1)); i > 0; i -= 1) this.change()
    return page
  }

  async byIds(sysIds: readonly string[]): Promise<SourcePage> {
    const records = this.visible().filter((record) => sysIds.includes(record.sys_id))
    return { records, total: records.length, link: 'absent', servedAt: stampFromMs(this.nowMs), text: '' }
  }

  private answer({ slice, limit, order }: PageRequest): SourcePage {
    const inSlice = this.current().filter((record) => contains(slice, record))
    inSlice.sort((a, b) => compare(a, b) * (order === 'newest' ? -1 : 1))
    const records = inSlice.slice(0, limit).filter((record) => !this.hiddenIds.has(record.sys_id))
    const next = inSlice.length > limit
    return {
      records,
      total: this.options.linkOnly ? null : inSlice.length,
      link: next ? 'next' : this.options.linkOnly ? 'last' : 'absent',
      servedAt: stampFromMs(this.nowMs),
      text: '',
    }
  }

  private change(): void {
    if (this.random() < 0.2) {
      this.insert()
      return
    }
    const ids = [...this.history.keys()]
    const id = ids[Math.floor(this.random() * ids.length)]
    const versions = id === undefined ? undefined : this.history.get(id)
    if (versions === undefined) return
    const last = versions.at(-1)?.record
    if (last === undefined) return
    const mod = Number(last.sys_mod_count) + 1
    this.commit({ ...last, short_description: `text ${mod}`, sys_mod_count: String(mod) }, versions)
  }

  private insert(): void {
    const id = Array.from({ length: 32 }, () => Math.floor(this.random() * 16).toString(16)).join('') as SysId
    const number = `INC${String(this.history.size + 1).padStart(7, '0')}`
    const versions: Version[] = []
    this.history.set(id, versions)
    if (this.random() < this.options.hidden) this.hiddenIds.add(id)
    this.commit(
      { sys_id: id, number, short_description: 'new', sys_mod_count: '0', sys_updated_on: '' as UtcStamp },
      versions,
    )
  }

  private commit(record: SourceRecord, versions: Version[]): void {
    const late = Math.floor(this.random() * (this.options.lateSeconds + 1)) * 1_000
    const before = versions.at(-1)?.visibleAt ?? 0
    versions.push({
      record: { ...record, sys_updated_on: stampFromMs(this.nowMs) },
      visibleAt: Math.max(before, this.nowMs + late),
    })
  }

  private current(): SourceRecord[] {
    const records: SourceRecord[] = []
    for (const versions of this.history.values()) {
      const version = versions.findLast((each) => each.visibleAt <= this.nowMs)
      if (version !== undefined) records.push(version.record)
    }
    return records
  }

  /** Only the lease keeper sleeps here, and it wakes when its run ends. */
  private sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      if (signal?.aborted) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }
}

function contains(slice: Slice, record: SourceRecord): boolean {
  const { sys_id: id, sys_updated_on: u } = record
  if (slice.from !== null && u < slice.from) return false
  if (slice.to !== null && u > slice.to) return false
  if (slice.after !== undefined && id <= slice.after) return false
  return slice.prefix === undefined || id.startsWith(slice.prefix)
}

function compare(a: SourceRecord, b: SourceRecord): number {
  if (a.sys_updated_on !== b.sys_updated_on) return a.sys_updated_on < b.sys_updated_on ? -1 : 1
  return a.sys_id < b.sys_id ? -1 : 1
}
