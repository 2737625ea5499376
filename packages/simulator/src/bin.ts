/** Rows taken away from queries by other ways than the API: the bin of deleted records, deletes without a trace, the archive. */

import type { Pieces } from './answer.ts'
import type { Change, Commits } from './commits.ts'
import type { Database } from './database.ts'
import type { FileStore } from './file-store.ts'
import type { Content, Row, TableStore } from './table-store.ts'

interface Entry {
  readonly id: string
  readonly content: Content
}

/** A deleted record with its journal entries and its files, as they were. */
interface Deleted {
  readonly content: Content
  readonly journals: readonly Entry[]
  readonly attachments: readonly Entry[]
  readonly bytes: readonly (readonly [id: string, pieces: Pieces])[]
}

/** Deleted records that can come back. */
export interface Bin {
  /** Keeps a record, and the attachments that go with it. */
  keep(table: TableStore, row: Row, attachments?: readonly Row[]): void
  /** Takes a record out of the bin; `undefined` when it is not there. */
  take(table: TableStore, id: string): Deleted | undefined
}

/** How many deleted records are kept; the oldest go first. */
const KEPT = 20_000

const entryOf = ({ id, content }: Row): Entry => ({ id, content })

/** Creates an empty bin. */
export function createBin(database: Database, files: FileStore): Bin {
  const held = new Map<string, Deleted>()
  const keyOf = (table: TableStore, id: string): string => `${table.definition.name}/${id}`
  return {
    keep(table, row, attachments = []) {
      const journals = database.need('sys_journal_field').lookup('element_id', row.id) ?? []
      held.set(keyOf(table, row.id), {
        content: row.content,
        journals: journals.map(entryOf),
        attachments: attachments.map(entryOf),
        bytes: [row, ...attachments].flatMap(({ id }) => {
          const pieces = files.read(id)
          return pieces ? [[id, pieces] as const] : []
        }),
      })
      for (const oldest of held.keys()) {
        if (held.size <= KEPT) break
        held.delete(oldest)
      }
    },
    take(table, id) {
      const found = held.get(keyOf(table, id))
      held.delete(keyOf(table, id))
      return found
    },
  }
}

/** What these ways need of a world. */
export interface BinWorld {
  readonly database: Database
  readonly commits: Commits
  readonly bin: Bin
  readonly files: FileStore
}

/**
 * Brings deleted or archived records back as they were, stamps included, with their journals and files (servicenow.md
 * 3.13: a restored row is behind every watermark). Their rows in `sys_audit_delete` stay. Gives how many came back.
 */
export function undeleteRecords(
  { database, commits, bin, files }: BinWorld,
  table: TableStore,
  ids: Iterable<string>,
): number {
  const journal = database.need('sys_journal_field')
  const attachments = database.need('sys_attachment')
  const archive = database.table(`ar_${table.definition.name}`)
  let count = 0
  for (const id of ids) {
    if (commits.latest(table, id)) continue
    const deleted = bin.take(table, id)
    if (!deleted) continue
    const back =
      (store: TableStore) =>
      (entry: Entry): Change => ({ op: 'undelete', table: store, ...entry })
    const entries = [...deleted.journals.map(back(journal)), ...deleted.attachments.map(back(attachments))]
    files.putBack(deleted.bytes)
    const copy: Change[] = archive?.find(id)
      ? [{ op: 'undelete', table: archive, id, content: undefined }]
      : []
    commits.commit([...copy, { op: 'undelete', table, id, content: deleted.content }, ...entries])
    count++
  }
  return count
}

/**
 * Moves records to `ar_<table>` without a recorded delete: to a poller they are gone (servicenow.md 3.12). Gives how
 * many moved; `undelete` brings them back.
 */
export function archiveRecords(
  { database, commits, bin }: BinWorld,
  table: TableStore,
  ids: Iterable<string>,
): number {
  const { name, label } = table.definition
  const archive = database.add({ ...table.definition, name: `ar_${name}`, label: `Archived ${label}` })
  let count = 0
  for (const id of ids) {
    const row = commits.latest(table, id)
    if (!row) continue
    bin.keep(table, row)
    commits.commit([
      { op: 'archive', table, id, content: undefined },
      { op: 'archive', table: archive, id, content: archive.contentOf(table.toRecord(row)) },
    ])
    count++
  }
  return count
}
