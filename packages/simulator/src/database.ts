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
  /** Every column on the way with its table, the last one included: each of them has rights of its own. */
  readonly steps: readonly Step[]
  read(row: Row): string
  /** The row that holds the value: the one the references lead to, `undefined` when one of them leads nowhere. */
  follow(row: Row): Row | undefined
}

/** A column and the table it is read from. */
export interface Step {
  readonly table: TableStore
  readonly field: FieldDefinition
  /** Where its value lies in a row. */
  readonly at: number
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

/** Nobody follows more references than this; a name with thousands of dots is a mistake or an attack. */
const LONGEST_WALK = 100

function columnOf(table: TableStore, name: string): Step | undefined {
  const at = table.column(name)
  const field = at === undefined ? undefined : table.fields[at]
  return at === undefined || !field ? undefined : { table, field, at }
}

/** The row a reference leads to. */
function followed({ field, at }: Step, target: TableStore, row: Row): Row | undefined {
  const value = row.values[at] ?? ''
  return field.referenceKey === undefined ? target.find(value) : target.lookup(field.referenceKey, value)?.[0]
}

/** Follows a column name with or without dots from a table; `undefined` when any step is unknown. */
export function resolvePath(database: Database, table: TableStore, name: string): Path | undefined {
  const own = columnOf(table, name)
  if (own) {
    const { field, at } = own
    return { field, owner: table, steps: [own], read: (row) => row.values[at] ?? '', follow: (row) => row }
  }
  const names = name.split('.', LONGEST_WALK + 1)
  if (names.length > LONGEST_WALK) return undefined
  const steps: Step[] = []
  for (let from: TableStore | undefined = table, each = 0; each < names.length; each++) {
    const step: Step | undefined = from && columnOf(from, names[each] ?? '')
    if (!step) return undefined
    steps.push(step)
    from = step.field.reference === undefined ? undefined : database.table(step.field.reference)
  }
  const last = steps.at(-1) as Step
  const follow = (row: Row): Row | undefined => {
    let held: Row | undefined = row
    for (let each = 1; held && each < steps.length; each++)
      held = followed(steps[each - 1] as Step, (steps[each] as Step).table, held)
    return held
  }
  const { field, table: owner } = last
  return { field, owner, steps, follow, read: (row) => follow(row)?.values[last.at] ?? '' }
}
