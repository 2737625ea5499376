/** Whole states of an instance put back: snapshots and their restore, and the clone of another instance over this one. */
import type { Pieces } from './answer.ts'
import type { Content, RawRecord, Row, TableStore, When } from './table-store.ts'
import { valuesOf } from './table-store.ts'
import type { World } from './world.ts'

/** The rows of one table at one moment. Contents are never changed in place, so that a snapshot copies no value. */
interface TableState {
  readonly ids: readonly string[]
  readonly contents: readonly Content[]
}

/** A state of all tables. */
export interface Snapshot {
  readonly tables: ReadonlyMap<string, TableState>
  readonly lastNumber: number
  /** The bytes of the attachments. */
  readonly files: ReadonlyMap<string, Pieces>
}

/** Records by table that take the place of what is there. */
export type CloneSource = Readonly<Record<string, Iterable<RawRecord>>>

/** What belongs to the data of an instance and is emptied by a clone that does not bring it. */
const WITH_DATA = ['sys_journal_field', 'sys_audit_delete']

function stateOf(table: TableStore): TableState {
  const rows = [...table.rows()]
  return {
    ids: rows.map(({ id }) => id),
    contents: rows.map(({ content }) => content),
  }
}

/** Takes the state of all tables as queries see it. What is written and not visible yet is not in it. */
export function takeSnapshot(world: World): Snapshot {
  world.commits.settle()
  const { database, numbers, files } = world
  return {
    tables: new Map(database.tables().map((table) => [table.definition.name, stateOf(table)])),
    lastNumber: numbers.last(),
    files: files.held(),
  }
}

function sameContent(a: Content, b: Content): boolean {
  if (a === b) return true
  const left = valuesOf(a)
  const right = valuesOf(b)
  const longer = Math.max(left.length, right.length)
  for (let at = 0; at < longer; at++) if ((left[at] ?? '') !== (right[at] ?? '')) return false
  return true
}

interface Replacement {
  readonly op: 'restore' | 'clone'
  readonly now: When
  /** The rows with their contents; a row that has no entry goes. */
  readonly entries: Iterable<readonly [id: string, content: Content]>
}

/** Makes a table hold exactly the entries. Nothing is stamped, and no delete is recorded anywhere but in the history. */
function replaceRows({ history }: World, table: TableStore, { op, now, entries }: Replacement): void {
  const extra = new Map<string, Row>(Array.from(table.rows(), (row) => [row.id, row]))
  for (const [id, content] of entries) {
    extra.delete(id)
    const row = table.find(id)
    if (row && sameContent(row.content, content)) continue
    history.add(table, id, { op, content, when: now })
    table.put(id, content, now)
  }
  for (const row of extra.values()) {
    history.add(table, row.id, { op, content: undefined, when: now })
    table.remove(row)
  }
}

function present(world: World): When {
  const now = world.clock.now().getTime()
  return { committedAt: now, visibleAt: now }
}

/** Puts all tables back as they were, recorded deletes and the last number included; a table that is newer becomes empty. The clock goes on. */
export function restoreSnapshot(world: World, snapshot: Snapshot): void {
  world.commits.drop()
  const now = present(world)
  for (const table of world.database.tables()) {
    const state = snapshot.tables.get(table.definition.name)
    const entries = (state?.ids ?? []).map((id, at) => [id, state?.contents[at] ?? []] as const)
    replaceRows(world, table, { op: 'restore', now, entries })
  }
  world.files.putBack(snapshot.files)
  world.numbers.start(snapshot.lastNumber)
}

function* contentsOf(table: TableStore, records: Iterable<RawRecord>): Generator<readonly [string, Content]> {
  for (const record of records) {
    if (!record.sys_id) throw new TypeError('A record needs a sys_id')
    yield [record.sys_id, table.contentOf(record)]
  }
}

/**
 * Lays another instance over this one: each named table holds the given records and no other; journals and recorded
 * deletes that are not given are gone; all other tables stay. It throws `RangeError` for an unknown table.
 */
export function cloneOver(world: World, from: CloneSource): void {
  const { database, commits, numbers } = world
  const named = Object.entries(from).map(([name, records]) => [database.need(name), records] as const)
  const without = WITH_DATA.filter((name) => from[name] === undefined)
  commits.drop()
  const now = present(world)
  for (const [table, records] of named)
    replaceRows(world, table, { op: 'clone', now, entries: contentsOf(table, records) })
  for (const name of without) replaceRows(world, database.need(name), { op: 'clone', now, entries: [] })
  numbers.start()
}
