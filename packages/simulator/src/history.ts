/** What was ever committed, version by version, for checkers that ask whether a mirror may say what it says. */
import type { Content, Row, TableStore, When } from './table-store.ts'

/** What made a version. */
export type VersionOp = 'load' | 'insert' | 'update' | 'delete' | 'undelete' | 'archive' | 'restore' | 'clone'

/** One committed version of a record. */
export interface Version {
  readonly op: VersionOp
  /** `sys_updated_on`; '' when the record is gone. */
  readonly u: string
  /** `sys_mod_count`; 0 when the record is gone. */
  readonly mod: number
  /** All raw values; `null` when the record is gone. */
  readonly value: Readonly<Record<string, string>> | null
  /** When it was written, ISO 8601 in the time of the instance. */
  readonly committedAt: string
  /** When queries began to see it; `null` when a restore took it away before. */
  readonly visibleAt: string | null
}

interface Held {
  readonly op: VersionOp
  readonly content: Content | undefined
  readonly when: When
}

/** The versions of all records. */
export interface History {
  /** Remembers a version; the first one of a record brings the stored row before it along. */
  add(table: TableStore, id: string, version: Held): void
  /** Whether a record was ever changed. */
  knows(table: TableStore, id: string): boolean
  /** The versions of one record, oldest first; one that was never changed has the version it was loaded with. */
  of(table: TableStore, id: string): Version[]
  /** How many versions are kept in all, oldest first to go; 0 switches the history off. */
  keep(count: number): void
}

/** Enough for 100,000 changes; one version of an incident takes about 0.8 kB beside its texts. */
const KEPT = 100_000

function toVersion(table: TableStore, { op, content, when }: Held): Version {
  const value = content === undefined ? null : table.toRecord(table.draft('', content))
  return {
    op,
    u: value?.sys_updated_on ?? '',
    mod: Number(value?.sys_mod_count || 0),
    value,
    committedAt: new Date(when.committedAt).toISOString(),
    visibleAt: when.visibleAt === Number.POSITIVE_INFINITY ? null : new Date(when.visibleAt).toISOString(),
  }
}

function loaded({ content, when }: Row): Held {
  return { op: 'load', content, when }
}

/** Creates an empty history. */
export function createHistory(): History {
  const byTable = new Map<string, Map<string, Held[]>>()
  /** The lists in the order in which they grew: the first entry names the list whose oldest version goes next. */
  let grown: Held[][] = []
  let gone = 0
  let most = KEPT
  const trim = (): void => {
    while (grown.length - gone > most) grown[gone++]?.shift()
    if (gone > most) {
      grown = grown.slice(gone)
      gone = 0
    }
  }
  const push = (list: Held[], version: Held): void => {
    list.push(version)
    grown.push(list)
  }
  return {
    add(table, id, version) {
      if (most === 0) return
      const { name } = table.definition
      const byId = byTable.get(name) ?? new Map<string, Held[]>()
      byTable.set(name, byId)
      const list = byId.get(id) ?? []
      if (!byId.has(id)) {
        byId.set(id, list)
        const before = table.find(id)
        if (before) push(list, loaded(before))
      }
      push(list, version)
      trim()
    },
    knows: (table, id) => byTable.get(table.definition.name)?.has(id) ?? false,
    of(table, id) {
      const list = byTable.get(table.definition.name)?.get(id)
      const row = table.find(id)
      const held = list && list.length > 0 ? list : row ? [loaded(row)] : []
      return held.map((version) => toVersion(table, version))
    },
    keep(count) {
      if (!Number.isInteger(count) || count < 0) throw new RangeError(`Not a number of versions: ${count}`)
      most = count
      trim()
      if (count === 0) byTable.clear()
    },
  }
}
