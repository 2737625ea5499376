/** Transactions: several changes that queries see together, at once or, when the instance commits late, some time after their stamp. */
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { History, VersionOp } from './history.ts'
import { createRandom, mixSeed, type Random } from './random.ts'
import type { Content, Row, TableStore, When } from './table-store.ts'

/** Who writes: the API, `mutate`, or a change stream. */
export type Writer = 'rest' | 'mutate' | 'play'

/** Late commits as a mode (servicenow.md 3.7: rows are stamped before their transaction commits). */
export interface LateCommits {
  readonly seed: number
  /** The share of writes that commit late, 0 to 1. */
  readonly share: number
  /** The longest time between the stamp of a write and the moment queries see it. */
  readonly maxSeconds: number
  /** Whose writes; default `['mutate', 'rest']`. */
  readonly writes?: readonly Writer[]
}

/** One change of one row. */
export interface Change {
  readonly op: VersionOp
  readonly table: TableStore
  readonly id: string
  /** The row's content from now on; `undefined` when it is gone. */
  readonly content: Content | undefined
}

/** A change that is written and that no query sees yet. */
export interface PendingCommit {
  readonly table: string
  readonly sys_id: string
  readonly op: VersionOp
  /** ISO 8601, in the time of the instance. */
  readonly committedAt: string
  readonly visibleAt: string
}

/** The transactions of an instance. */
export interface Commits {
  /** The newest version of a row, seen by queries or not; `undefined` when it is gone. */
  latest(table: TableStore, id: string): Row | undefined
  /** The newest versions of all rows of a table, seen by queries or not. */
  allLatest(table: TableStore): Row[]
  /** Commits changes in one transaction. A row that waits for an earlier commit makes its later ones wait as long: their order stays. */
  commit(changes: readonly Change[], writer?: Writer): When
  /** Lets queries see what is due by the instance's clock. */
  settle(): void
  /** Lets queries see what waits for these rows, due or not. */
  hasten(table: TableStore, id: string): void
  /** Takes away all that waits, as a restore does. */
  drop(): void
  pending(): PendingCommit[]
  /** Switches the mode on, or off; what waits keeps its time. */
  late(options: LateCommits | undefined): void
}

interface Transaction {
  readonly changes: readonly Change[]
  readonly when: When
}

interface Newest {
  waiting: number
  content: Content | undefined
  when: When
}

const WRITERS: readonly Writer[] = ['mutate', 'rest']

function keyOf(table: TableStore, id: string): string {
  return `${table.definition.name}/${id}`
}

function checkMode({ share, maxSeconds }: LateCommits): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`"share" is a number from 0 to 1, not ${share}`)
  if (!(maxSeconds >= 0)) throw new RangeError(`"maxSeconds" is a number from 0, not ${maxSeconds}`)
}

function insertByTime(queue: Transaction[], transaction: Transaction): void {
  let at = queue.length
  while (at > 0 && (queue[at - 1] as Transaction).when.visibleAt > transaction.when.visibleAt) at--
  queue.splice(at, 0, transaction)
}

/** Journal entries go with the record they belong to. */
function removeJournal(database: Database, id: string): void {
  const journal = database.need('sys_journal_field')
  for (const entry of journal.lookup('element_id', id) ?? []) journal.remove(entry)
}

function apply(database: Database, { table, id, content }: Change, when: When): void {
  if (content !== undefined) {
    table.put(id, content, when)
    return
  }
  const row = table.find(id)
  if (row) table.remove(row)
  removeJournal(database, id)
}

/** Creates the transactions of an instance. */
export function createCommits(database: Database, clock: Clock, history: History): Commits {
  let queue: Transaction[] = []
  const newest = new Map<string, Newest>()
  let mode: (LateCommits & { readonly random: Random }) | undefined
  const nowMs = (): number => clock.now().getTime()
  const lateness = (writer: Writer | undefined, now: number): number => {
    if (!mode || !writer || !(mode.writes ?? WRITERS).includes(writer)) return now
    if (!mode.random.chance(mode.share)) return now
    return Math.floor(now / 1000) * 1000 + Math.ceil(mode.random.next() * mode.maxSeconds * 1000)
  }
  const wait = ({ changes, when }: Transaction): void => {
    for (const { table, id, content } of changes) {
      const key = keyOf(table, id)
      const held = newest.get(key)
      newest.set(key, { waiting: (held?.waiting ?? 0) + 1, content, when })
    }
  }
  const appear = ({ changes, when }: Transaction): void => {
    for (const change of changes) {
      const key = keyOf(change.table, change.id)
      const held = newest.get(key)
      if (held && --held.waiting === 0) newest.delete(key)
      apply(database, change, when)
    }
  }
  const settle = (): void => {
    const now = queue.length === 0 ? 0 : nowMs()
    let due = 0
    while (due < queue.length && (queue[due] as Transaction).when.visibleAt <= now) due++
    for (const transaction of queue.splice(0, due)) appear(transaction)
  }
  const visibleAfter = (changes: readonly Change[], now: number, writer: Writer | undefined): number => {
    let visibleAt = Math.max(now, lateness(writer, now))
    for (const { table, id } of changes)
      visibleAt = Math.max(visibleAt, newest.get(keyOf(table, id))?.when.visibleAt ?? 0)
    return visibleAt
  }
  return {
    settle,
    latest(table, id) {
      const held = newest.get(keyOf(table, id))
      if (!held) return table.find(id)
      return held.content === undefined ? undefined : table.draft(id, held.content, held.when)
    },
    allLatest(table) {
      if (newest.size === 0) return [...table.rows()]
      const rows = new Map(Array.from(table.rows(), (row) => [row.id, row]))
      const start = keyOf(table, '')
      for (const [key, { content, when }] of newest) {
        if (!key.startsWith(start)) continue
        const id = key.slice(start.length)
        if (content === undefined) rows.delete(id)
        else rows.set(id, table.draft(id, content, when))
      }
      return [...rows.values()]
    },
    commit(changes, writer) {
      settle()
      const now = nowMs()
      const when: When = { committedAt: now, visibleAt: visibleAfter(changes, now, writer) }
      for (const { table, id, op, content } of changes) history.add(table, id, { op, content, when })
      if (when.visibleAt <= now) for (const change of changes) apply(database, change, when)
      else {
        wait({ changes, when })
        insertByTime(queue, { changes, when })
      }
      return when
    },
    hasten(table, id) {
      const key = keyOf(table, id)
      if (!newest.has(key)) return
      const touches = ({ changes }: Transaction): boolean =>
        changes.some((change) => keyOf(change.table, change.id) === key)
      const early = queue.filter(touches)
      queue = queue.filter((transaction) => !touches(transaction))
      for (const transaction of early) {
        transaction.when.visibleAt = nowMs()
        appear(transaction)
      }
    },
    drop() {
      for (const { when } of queue) when.visibleAt = Number.POSITIVE_INFINITY
      queue = []
      newest.clear()
    },
    pending: () =>
      queue.flatMap(({ changes, when }) =>
        changes.map(({ table, id, op }) => ({
          table: table.definition.name,
          sys_id: id,
          op,
          committedAt: new Date(when.committedAt).toISOString(),
          visibleAt: new Date(when.visibleAt).toISOString(),
        })),
      ),
    late(options) {
      if (options) checkMode(options)
      mode = options && { ...options, random: createRandom(mixSeed(options.seed, 'late')) }
    },
  }
}
