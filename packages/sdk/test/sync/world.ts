/**
 * A small world behind a source port, on a virtual clock, replayable from its seed: rows with ties, late commits, deletes, rows that are
 * hidden or leave the filter, requests that fail, and concurrent answers that come back in any order.
 */
import { PermissionError, TransportError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { Slice } from '../../src/model/slice.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { PageRequest, SourcePage, SourceView, TableSource } from '../../src/ports/source.ts'
import type { Surroundings } from './life.ts'
import { defaults, quietOptions, randomOf, type WorldOptions } from './world-options.ts'
import { Rows, steadily, type Version } from './world-rows.ts'

export { randomOf, type WorldOptions } from './world-options.ts'

const call = { method: 'GET', url: '/world' }

export class World implements TableSource, Surroundings {
  readonly table = 'incident'
  readonly filtered: boolean
  readonly fingerprint = 'incident'
  readonly rows = new Rows()
  /** Rows no answer of records can hold. */
  readonly hugeIds = new Set<SysId>()
  readonly deletes?: NonNullable<TableSource['deletes']>
  requests = 0
  private readonly options: Required<WorldOptions>
  private readonly random: () => number
  /** Draws what came later to this world, so that an old seed still means the same. */
  private readonly also: () => number
  private nowMs = Date.parse('2026-03-01T08:00:00Z')
  private skewMs = 0
  private kept: ReturnType<Rows['snapshot']> | null = null
  private sleepers: { atMs: number; resolve: () => void }[] = []

  constructor(options: WorldOptions) {
    this.options = { ...defaults, ...options }
    this.random = randomOf(options.seed)
    this.also = randomOf(options.seed ^ 0x5eed)
    this.filtered = this.options.leaving > 0
    if (this.options.feed !== 'absent') this.deletes = (request) => this.feed(request)
    for (let i = 0; i < options.rows; i += 1) {
      if (this.random() < 0.3) this.nowMs += Math.floor(this.random() * 4_000)
      this.insert()
    }
  }

  /** The clock of the one who asks: the instance's own, until it leaps. */
  readonly clock = {
    now: () => this.nowMs + this.skewMs,
    sleep: (ms: number, signal?: AbortSignal) => this.sleep(ms, signal),
  }

  /** The instance's clock. */
  get now(): number {
    return this.nowMs
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1_000
  }

  /** From here on the clock of the one who asks is this far from the instance's. */
  leap(skewMs: number): void {
    this.skewMs = skewMs
  }

  quiet(): void {
    Object.assign(this.options, quietOptions)
  }

  /** Changes one visible record and gives it as it is now. */
  touch(): SourceRecord {
    this.advance(1)
    const [first] = this.visible()
    if (first === undefined) throw new Error('nothing to touch')
    this.write({ ...first, short_description: 'touched' })
    return this.visible().find((record) => record.sys_id === first.sys_id) ?? first
  }

  /** What the integration user sees now, under the filter. */
  visible(): SourceRecord[] {
    return this.rows
      .present(this.nowMs)
      .filter((record) => this.passes(record, 'records') && !this.rows.hides(record.sys_id))
  }

  readonly history = (id: SysId): readonly Version[] => this.rows.history.get(id) ?? []

  get irregular(): ReadonlySet<SysId> {
    return this.rows.irregular
  }

  get source(): TableSource {
    return this
  }

  rowsSince(stamp: UtcStamp): number | null {
    const { hidden, aclChanges, huge } = this.options
    if (hidden + aclChanges + huge > 0) return null
    return this.rows.present(this.nowMs).filter((record) => record.sys_updated_on >= stamp).length
  }

  keep(): void {
    this.kept = this.rows.snapshot(this.nowMs)
  }

  goBack(): void {
    if (this.kept !== null) this.rows.restore(this.kept, this.nowMs)
  }

  /** Access rules hide everything until the function it returns is called. */
  blackout(): () => void {
    const shown = [...this.rows.history.keys()].filter((id) => !this.rows.hides(id))
    for (const id of shown) this.rows.hide(id)
    return () => {
      for (const id of shown) this.rows.reveal(id, this.nowMs)
    }
  }

  shape(record: SourceRecord): SourceRecord {
    return record
  }

  /** Was this row to be seen at every moment since then, under the filter? */
  steadilyVisible(id: SysId, fromMs: number): boolean {
    const span = { fromMs, nowMs: this.nowMs }
    const seen = (record: SourceRecord | null) => record !== null && this.passes(record, 'records')
    return this.rows.shownSince(id, fromMs) && steadily(this.history(id), span, seen)
  }

  /** Was this row gone at every moment since then, with a trace that could be read: an entry of the feed, or its stamp outside the filter? */
  steadilyGone(id: SysId, fromMs: number, watermark: UtcStamp): boolean {
    const span = { fromMs, nowMs: this.nowMs }
    const recorded = this.rows.deleted(fromMs).some((entry) => entry.documentkey === id)
    if (
      recorded &&
      this.options.feed === 'open' &&
      steadily(this.history(id), span, (record) => record === null)
    )
      return true
    const left = (record: SourceRecord | null) =>
      record !== null && record.sys_updated_on <= watermark && !this.passes(record, 'records')
    return this.rows.shownSince(id, fromMs) && steadily(this.history(id), span, left)
  }

  async page(request: PageRequest): Promise<SourcePage> {
    const { view = 'records', slice, limit, order } = request
    return this.request(weightOf(limit, view), () => {
      const rows = this.rows.present(this.nowMs).filter((record) => this.passes(record, view))
      const inSlice = rows.filter((record) => contains(slice, record)).sort(orders[order])
      return this.answer(inSlice, limit, view)
    })
  }

  async byIds(
    sysIds: readonly SysId[],
    { view = 'records' }: { view?: SourceView } = {},
  ): Promise<SourcePage> {
    if (sysIds.length > 100) throw new Error('at most 100 ids')
    const asked = new Set<string>(sysIds)
    return this.request(weightOf(sysIds.length, view), () => {
      const rows = this.rows.present(this.nowMs).filter((record) => asked.has(record.sys_id))
      return this.answer(rows.filter((record) => this.passes(record, view)).sort(orders.by_id), 100, view)
    })
  }

  /** What simpler clients ask for: the rows that satisfy `where`, by stamp, `limit` of them from `offset` on, hidden ones cut out after. */
  async offsetPage(
    where: (record: SourceRecord) => boolean,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<SourcePage> {
    return this.request(limit, () => {
      const rows = this.rows
        .present(this.nowMs)
        .filter((record) => this.passes(record, 'records') && where(record))
      return this.answer(rows.sort(orders.ascending).slice(offset), limit, 'records')
    })
  }

  private feed({ slice, limit }: Pick<PageRequest, 'slice' | 'limit'>): Promise<SourcePage> {
    return this.request(weightOf(limit, 'keys'), () => {
      if (this.options.feed === 'forbidden') {
        throw new PermissionError('No right to read sys_audit_delete', { ...call, status: 403 })
      }
      const entries = this.rows.deleted(this.nowMs).filter((entry) => contains(slice, entry))
      return this.answer(entries.sort(orders.ascending), limit, 'feed')
    })
  }

  /** One request: time passes, it may fail, it reads at one moment, and the world goes on before the answer is there. */
  private async request(weight: number, read: () => SourcePage): Promise<SourcePage> {
    const { faults, churn, inTime, turns } = this.options
    this.requests += 1
    this.nowMs += Math.floor(this.random() * 400)
    this.wake()
    if (this.random() < faults) {
      const fault = this.fault()
      await this.wait(turns)
      throw fault
    }
    await this.wait(turns)
    if (weight > inTime) throw new TransportError('too slow', 'timeout', call)
    const page = read()
    for (let i = Math.floor(this.random() * (churn + 1)); i > 0; i -= 1) this.change()
    await this.wait(turns)
    return page
  }

  private fault(): Error {
    const odd = this.options.oddFaults ? this.also() : 0
    if (odd < 0.4) return new TransportError('reset', 'reset', call)
    if (odd < 0.6) return new TransportError('no answer in time', 'timeout', call)
    if (odd < 0.8) return new UnexpectedResponseError('a body that ends', 'cut_json', call)
    const details = { cancelled: this.also() < 0.5 }
    return new UnexpectedResponseError('an error inside a 200', 'error_in_body', call, { details })
  }

  /** Concurrent requests go on in an order drawn by the seed. */
  private async wait(turns: number): Promise<void> {
    if (turns === 0) return
    for (let i = Math.floor(this.also() * (turns + 1)); i > 0; i -= 1) await Promise.resolve()
  }

  private answer(rows: readonly SourceRecord[], limit: number, view: SourceView | 'feed'): SourcePage {
    const inPage = rows.slice(0, limit)
    const records = inPage.filter((record) => view === 'feed' || !this.rows.hides(record.sys_id))
    if (view === 'records' && records.some((record) => this.hugeIds.has(record.sys_id)))
      throw new UnexpectedResponseError('the body goes over the limit', 'too_large', call)
    const next = rows.length > limit
    return {
      records: view === 'records' || view === 'feed' ? records : records.map(keysOf),
      total: this.options.linkOnly ? null : rows.length + (next && this.options.overcounts ? 20_000 : 0),
      link: next ? 'next' : this.options.linkOnly ? 'last' : 'absent',
      servedAt: stampFromMs(this.nowMs),
      text: '',
    }
  }

  private passes(record: SourceRecord, view: SourceView): boolean {
    return !this.filtered || view === 'unfiltered_keys' || record.category === 'ours'
  }

  private change(): void {
    if (this.random() < 0.2) {
      this.insert()
      return
    }
    const ids = [...this.rows.history.keys()]
    const id = ids[Math.floor(this.random() * ids.length)]
    if (id === undefined || this.odd(id)) return
    const last = this.rows.history.get(id)?.at(-1)?.record
    if (!last) return
    const { leaving, modBack } = this.options
    const before = Number(last.sys_mod_count)
    // Stamp and count together never come twice: two contents under one key cannot be told apart by keys.
    const mayGoBack = before > 0 && last.sys_updated_on < stampFromMs(this.nowMs)
    const mod = before + (mayGoBack && this.drawn(modBack) ? -1 : 1)
    const next: SourceRecord = {
      ...last,
      short_description: `text ${this.requests}.${mod}`,
      sys_mod_count: String(mod),
    }
    const category = last.category === 'ours' ? 'theirs' : 'ours'
    this.write(this.drawn(leaving) ? { ...next, category } : next)
  }

  /** A change that is no write of fields; false when this one is an ordinary change. */
  private odd(id: SysId): boolean {
    const { deletes, audited, undeletes, aclChanges } = this.options
    if (this.drawn(deletes)) {
      if (this.rows.history.get(id)?.at(-1)?.record) {
        const entry = this.drawn(audited) ? this.newEntry() : null
        this.rows.delete(id, this.nowMs, this.lateMs(this.also), entry)
      }
      return true
    }
    if (this.drawn(undeletes)) return this.rows.undelete(id, this.nowMs)
    if (!this.drawn(aclChanges)) return false
    if (this.rows.hides(id)) this.rows.reveal(id, this.nowMs)
    else this.rows.hide(id)
    return true
  }

  private newEntry(): { id: SysId; lateMs: number; aheadMs: number } {
    const aheadMs = this.drawn(this.options.future) ? Math.floor(this.also() * 300_000) : 0
    return { id: this.newId(this.also), lateMs: this.lateMs(this.also), aheadMs }
  }

  private insert(): void {
    const id = this.newId(this.random)
    const number = `INC${String(this.rows.history.size + 1).padStart(7, '0')}`
    if (this.random() < this.options.hidden) this.rows.hide(id)
    if (this.drawn(this.options.huge)) this.hugeIds.add(id)
    const category = this.drawn(this.options.leaving) ? 'theirs' : 'ours'
    this.write({
      sys_id: id,
      number,
      short_description: 'new',
      sys_mod_count: '0',
      sys_updated_on: '' as UtcStamp,
      ...(this.filtered ? { category } : {}),
    })
  }

  private write(record: SourceRecord): void {
    const aheadMs = this.drawn(this.options.future) ? Math.floor(this.also() * 3_600_000) : 0
    if (aheadMs > 0) this.rows.irregular.add(record.sys_id)
    const stamped = { ...record, sys_updated_on: stampFromMs(this.nowMs + aheadMs) }
    this.rows.commit(record.sys_id, stamped, this.nowMs, this.lateMs(this.random))
  }

  private drawn(share: number): boolean {
    return share > 0 && this.also() < share
  }

  private lateMs(random: () => number): number {
    return Math.floor(random() * (this.options.lateSeconds + 1)) * 1_000
  }

  private newId(random: () => number): SysId {
    return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('') as SysId
  }

  /** A wait ends when requests have carried the clock past it, or with its signal. */
  private sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      this.sleepers.push({ atMs: this.nowMs + ms, resolve })
    })
  }

  private wake(): void {
    for (const { resolve } of this.sleepers.filter(({ atMs }) => atMs <= this.nowMs)) resolve()
    this.sleepers = this.sleepers.filter(({ atMs }) => atMs > this.nowMs)
  }
}

function contains(slice: Slice, record: SourceRecord): boolean {
  const { sys_id: id, sys_updated_on: u } = record
  if (slice.from !== null && u < slice.from) return false
  if (slice.to !== null && u > slice.to) return false
  if (slice.after !== undefined && id <= slice.after) return false
  return slice.prefix === undefined || id.startsWith(slice.prefix)
}

const byId = (a: SourceRecord, b: SourceRecord) => (a.sys_id < b.sys_id ? -1 : 1)
const byStamp = (a: SourceRecord, b: SourceRecord) =>
  a.sys_updated_on === b.sys_updated_on ? byId(a, b) : a.sys_updated_on < b.sys_updated_on ? -1 : 1

const orders: Record<PageRequest['order'], (a: SourceRecord, b: SourceRecord) => number> = {
  ascending: byStamp,
  newest: (a, b) => -byStamp(a, b),
  by_id: byId,
}

/** How much work an answer is, in whole records: ten keys are as much as one. */
function weightOf(rows: number, view: SourceView): number {
  return view === 'records' ? rows : rows / 10
}

function keysOf({ sys_id, sys_updated_on, sys_mod_count = '0' }: SourceRecord): SourceRecord {
  return { sys_id, sys_updated_on, sys_mod_count }
}
