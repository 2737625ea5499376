/** An instance of a few rows that does exactly what a test tells it: what is hidden, refused, deleted without a word, or too large. */
import { TransportError, UnexpectedResponseError } from '../../src/base/errors.ts'
import { type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { PageRequest, SourcePage, SourceView, TableSource } from '../../src/ports/source.ts'

export const START = Date.parse('2026-03-01T08:00:00Z')

/** A stamp so many seconds after the start. */
export const second = (n: number): UtcStamp => stampFromMs(START + n * 1_000)
export const idOf = (n: number): SysId => n.toString(16).padStart(32, '0') as SysId

export class SmallInstance implements TableSource {
  readonly table = 'incident'
  readonly fingerprint = 'incident'
  readonly filtered: boolean
  readonly rows = new Map<SysId, SourceRecord>()
  readonly hidden = new Set<SysId>()
  /** Rows that do not pass the filter. */
  readonly outside = new Set<SysId>()
  readonly huge = new Set<SysId>()
  readonly feed: SourceRecord[] = []
  /** Every request as `kind limit`, in order. */
  readonly asked: string[] = []
  /** Called before each answer; throws to fail it. */
  before: (kind: string, limit: number) => void = () => undefined
  nowMs = START + 100_000

  constructor(options: { filtered?: boolean } = {}) {
    this.filtered = options.filtered ?? false
  }

  readonly clock = {
    now: () => this.nowMs,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      ),
  }

  put(n: number, at: number, text = 'text'): void {
    const record = {
      sys_id: idOf(n),
      sys_updated_on: second(at),
      sys_mod_count: '0',
      number: `INC${n}`,
      text,
    }
    this.rows.set(record.sys_id, record)
  }

  /** Deletes a row; with `at` the instance records it. */
  drop(n: number, at?: number): void {
    this.rows.delete(idOf(n))
    if (at === undefined) return
    const entry = idOf(0xf000 + this.feed.length)
    this.feed.push({ sys_id: entry, sys_updated_on: second(at), documentkey: idOf(n) })
  }

  async page(request: PageRequest): Promise<SourcePage> {
    const { slice, limit, order, view = 'records' } = request
    this.tell(`${order} ${view}`, limit)
    const rows = [...this.rows.values()].filter((row) => this.passes(row, view))
    return this.answer(rows, { slice, limit, order }, view)
  }

  async byIds(sysIds: readonly SysId[], options: { view?: SourceView } = {}): Promise<SourcePage> {
    const { view = 'records' } = options
    this.tell('ids', sysIds.length)
    const rows = [...this.rows.values()].filter(
      (row) => sysIds.includes(row.sys_id) && this.passes(row, view),
    )
    return this.answer(rows, { slice: { from: null, to: null }, limit: 100, order: 'by_id' }, view)
  }

  async deletes(request: Pick<PageRequest, 'slice' | 'limit'>): Promise<SourcePage> {
    this.tell('deletes', request.limit)
    return this.answer(this.feed, { ...request, order: 'ascending' }, 'keys')
  }

  private tell(kind: string, limit: number): void {
    this.asked.push(`${kind} ${limit}`)
    this.before(kind, limit)
  }

  private passes(row: SourceRecord, view: SourceView): boolean {
    return view === 'unfiltered_keys' || !this.outside.has(row.sys_id)
  }

  private answer(rows: readonly SourceRecord[], request: PageRequest, view: SourceView): SourcePage {
    const { slice, limit, order } = request
    const found = rows.filter((row) => isIn(row, slice)).sort((a, b) => compare(a, b, order))
    const records = found.slice(0, limit).filter((row) => !this.hidden.has(row.sys_id))
    if (view === 'records' && records.some((row) => this.huge.has(row.sys_id))) throw tooLarge()
    const link = found.length > limit ? 'next' : 'absent'
    return { records, total: found.length, link, servedAt: stampFromMs(this.nowMs), text: '' }
  }
}

function isIn(row: SourceRecord, { from, to, after, prefix }: PageRequest['slice']): boolean {
  const { sys_id: id, sys_updated_on: u } = row
  if ((from !== null && u < from) || (to !== null && u > to)) return false
  return (after === undefined || id > after) && (prefix === undefined || id.startsWith(prefix))
}

function compare(a: SourceRecord, b: SourceRecord, order: PageRequest['order']): number {
  const byId = a.sys_id < b.sys_id ? -1 : 1
  if (order === 'by_id' || a.sys_updated_on === b.sys_updated_on) return byId
  const ascending = a.sys_updated_on < b.sys_updated_on ? -1 : 1
  return order === 'newest' ? -ascending : ascending
}

const call = { method: 'GET', url: '/small' }

function tooLarge(): UnexpectedResponseError {
  return new UnexpectedResponseError('too large', 'too_large', call)
}

export function timeout(): TransportError {
  return new TransportError('no answer', 'timeout', call)
}

/** The transaction quota of an instance: an error inside a 200. */
export function quotaCut(): UnexpectedResponseError {
  return new UnexpectedResponseError('cancelled', 'error_in_body', call, { details: { cancelled: true } })
}
