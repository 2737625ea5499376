/** All tables of an instance together, and the two questions that cross them: following a reference and naming a record. */
import { baseTables, type FieldDefinition, type TableDefinition } from './dictionary.ts'
import { parentTables } from './parent-table.ts'
import { createTableStore, type Fold, type Row, type TableStore } from './table-store.ts'

/** The instance's tables. */
export interface Database {
  readonly fold: Fold
  readonly definitions: readonly TableDefinition[]
  tables(): readonly TableStore[]
  /** Adds an empty table, unless there is one of that name; gives it either way. */
  add(definition: TableDefinition): TableStore
  /** The table of that name, or `undefined` when the instance has none. */
  table(name: string): TableStore | undefined
  /** The table of that name; throws `RangeError` when the instance has none. */
  need(name: string): TableStore
  /** The display value of a record: the name of a person, the number of an incident, '' when it is not here. `key` names the column that `id` is of, if not the sys_id. */
  displayOf(table: string, id: string, key?: string): string
}

/** A column reached from a row, through references where the name has dots (`caller_id.email`). */
export interface Path {
  readonly field: FieldDefinition
  /** The table that holds the column in the end. */
  readonly owner: TableStore
  read(row: Row): string
}

/** Creates empty tables. With `caseSensitive` false, texts are compared and sorted in lower case. */
export function createDatabase(more: readonly TableDefinition[], caseSensitive: boolean): Database {
  const fold: Fold = caseSensitive ? (text) => text : (text) => text.toLowerCase()
  const definitions = [...baseTables.filter(({ name }) => !more.some((own) => own.name === name)), ...more]
  const stores = new Map(definitions.map((each) => [each.name, createTableStore(each, fold)]))
  const parents = parentTables(definitions, (name) => stores.get(name))
  const find = (name: string): TableStore | undefined => stores.get(name) ?? parents.get(name)
  return {
    fold,
    definitions,
    tables: () => [...stores.values()],
    add(definition) {
      const known = stores.get(definition.name)
      if (known) return known
      const store = createTableStore(definition, fold)
      definitions.push(definition)
      stores.set(definition.name, store)
      return store
    },
    table: find,
    need(name) {
      const store = find(name)
      if (!store) throw new RangeError(`The simulator has no table ${name}`)
      return store
    },
    displayOf(table, id, key) {
      if (id === 'global') return 'global'
      const store = find(table)
      const row = key === undefined ? store?.find(id) : store?.lookup(key, id)?.[0]
      return store && row ? store.read(row, store.definition.display) : ''
    },
  }
}

/** Follows a column name with or without dots from a table; `undefined` when any step is unknown. */
export function resolvePath(database: Database, table: TableStore, name: string): Path | undefined {
  const dot = name.indexOf('.')
  const first = dot < 0 ? name : name.slice(0, dot)
  const at = table.column(first)
  const field = at === undefined ? undefined : table.fields[at]
  if (at === undefined || !field) return undefined
  const own = (row: Row): string => row.values[at] ?? ''
  if (dot < 0) return { field, owner: table, read: own }
  const target = field.reference === undefined ? undefined : database.table(field.reference)
  const rest = target && resolvePath(database, target, name.slice(dot + 1))
  if (!target || !rest) return undefined
  return {
    field: rest.field,
    owner: rest.owner,
    read(row) {
      const key = field.referenceKey
      const next = key === undefined ? target.find(own(row)) : target.lookup(key, own(row))?.[0]
      return next ? rest.read(next) : ''
    },
  }
}
