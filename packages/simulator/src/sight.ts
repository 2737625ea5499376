/** Which rows of a table a caller sees: by the class of the rows, hidden rows, domains, and the record that a file or a journal entry belongs to. */
import type { Access, Principal } from './acl.ts'
import type { Database } from './database.ts'
import { domainTest } from './domain.ts'
import type { Row, TableStore } from './table-store.ts'

/** Who looks, at which table, and how it was asked for. */
export interface Look {
  readonly world: { readonly access: Access; readonly database: Database }
  readonly principal: Principal
  readonly store: TableStore
  /** The table in the address: a parent has rights of its own, beside those of the class of its rows. */
  readonly asked: string
  /** `sysparm_query_no_domain`. */
  readonly crossing: boolean
}

/** A test of a row; `undefined` where every row is seen, so that a page costs nothing more. */
export type Sight = ((row: Row) => boolean) | undefined

const nobody = (): boolean => false

/** The tables whose rows belong to a record of another table, and the columns that name it. */
const BELONGING: Readonly<Record<string, { readonly table: string; readonly id: string }>> = {
  sys_attachment: { table: 'table_name', id: 'table_sys_id' },
  sys_journal_field: { table: 'name', id: 'element_id' },
}

/** Whether the rows of a table have no more readers than the records they belong to. */
export function belongs({ definition }: TableStore): boolean {
  return Object.hasOwn(BELONGING, definition.name)
}

/** The entries of a record, as far as its columns may be read: no journal tells what its column hides. */
function elementTest({ world, principal, store }: Look, owner: TableStore, table: string): Sight {
  if (store.definition.name !== 'sys_journal_field') return undefined
  const closed = world.access.unreadable(principal, owner.definition)
  if (closed.size === 0) return undefined
  return (row) => store.read(row, 'name') !== table || !closed.has(store.read(row, 'element'))
}

/** The test for the rows that belong to the records of one table. */
function ownerTest(look: Look, { id }: { readonly id: string }, table: string): Sight {
  const owner = look.world.database.table(table)
  if (!owner) return undefined
  const records = sightOf({ ...look, store: owner, asked: table })
  const element = elementTest(look, owner, table)
  if (!records && !element) return undefined
  const closed = !look.world.access.allows(look.principal, 'read', owner.definition)
  return (row) => {
    const record = owner.find(look.store.read(row, id))
    // What is left of a record that is gone has the readers of its table.
    const own = record ? !records || records(record) : !closed
    return own && (!element || element(row))
  }
}

function belongingTest(look: Look): Sight {
  const { store } = look
  const columns = belongs(store) ? BELONGING[store.definition.name] : undefined
  if (!columns) return undefined
  const tests = new Map<string, Sight>()
  return (row) => {
    const table = store.read(row, columns.table)
    if (!tests.has(table)) tests.set(table, ownerTest(look, columns, table))
    const test = tests.get(table)
    return !test || test(row)
  }
}

/** What a caller sees of a table, once the limit has been applied. */
export function sightOf(look: Look): Sight {
  const { world, principal, store, asked, crossing } = look
  const { access } = world
  const parentClosed = asked !== store.definition.name && access.rights.table(principal.userName, asked)
  if (parentClosed || !access.allows(principal, 'read', store.definition)) return nobody
  const tests = [
    access.hiddenFrom(principal),
    domainTest(store, principal, crossing),
    belongingTest(look),
  ].filter((test) => test !== undefined)
  if (tests.length <= 1) return tests[0]
  return (row) => tests.every((test) => test(row))
}
