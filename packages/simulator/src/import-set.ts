/** Staging tables and their transform maps: how a staged row becomes a record, with coalesce for upserts (servicenow.md 6). */
import type { Principal } from './acl.ts'
import { type Describing, describeTable } from './describe.ts'
import { type TableDefinition, text } from './dictionary/field.ts'
import { RuleAbortError } from './rule-abort.ts'
import { DataPolicyError } from './rules.ts'
import type { Row, TableStore } from './table-store.ts'
import { insertRecord, updateRecord, type WriteContext } from './write.ts'

/** One staging table with one transform map. */
export interface ImportMap {
  /** The staging table; it is made when the instance has none of that name. */
  readonly staging: string
  /** The table that records go to. */
  readonly target: string
  /** Name of the transform map; default the label of the target. */
  readonly name?: string
  /** Source column to target column; default: each column goes to the one of its name, with or without `u_`. */
  readonly fields?: Readonly<Record<string, string>>
  /** Target columns that find the record to update. Without any, each row inserts. */
  readonly coalesce?: readonly string[]
}

/** What a transform made of a staged row. */
export interface Transformed {
  readonly status: 'inserted' | 'updated' | 'ignored' | 'error'
  readonly row: Row | undefined
  /** Why, for `error`. */
  readonly message?: string
}

/** The import maps of an instance. */
export interface Imports {
  /** Adds a map, or replaces that of the staging table. Throws `RangeError` for an unknown target. */
  add(map: ImportMap): void
  map(staging: string): ImportMap | undefined
  /** The next name of an import set: ISET0010001 and on. */
  nextSet(): string
}

/** The columns each staging table begins with; rows bring their own. */
function stagingTable(name: string): TableDefinition {
  return {
    name,
    label: name,
    extends: 'sys_import_set_row',
    display: 'sys_id',
    fields: [
      text('sys_import_set', 'Set', 40),
      text('sys_import_state', 'State', 40),
      text('sys_import_state_comment', 'Comment', 4000),
      text('sys_target_table', 'Target table', 80),
      text('sys_target_sys_id', 'Target record', 32),
      text('sys_id', 'Sys ID', 32, { writable: false }),
      text('sys_created_on', 'Created', 40, { writable: false }),
      text('sys_created_by', 'Created by', 40, { writable: false }),
    ],
    ordered: ['sys_created_on'],
    lookups: [],
  }
}

/** Creates the maps of an instance. */
export function createImports(world: Describing, maps: readonly ImportMap[]): Imports {
  const byStaging = new Map<string, ImportMap>()
  let last = 10_000
  const add = (map: ImportMap): void => {
    const { database } = world
    database.need(map.target)
    describeTable(world, database.add(stagingTable(map.staging)).definition)
    byStaging.set(map.staging, map)
  }
  for (const map of maps) add(map)
  return {
    add,
    map: (staging) => byStaging.get(staging),
    nextSet: () => `ISET${String(++last).padStart(7, '0')}`,
  }
}

function mapped(
  { fields }: ImportMap,
  target: TableStore,
  source: Readonly<Record<string, string>>,
): Record<string, string> {
  const body: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) {
    const plain = name.replace(/^u_/, '')
    const to = fields
      ? Object.hasOwn(fields, name)
        ? fields[name]
        : undefined
      : [name, plain].find((each) => target.column(each) !== undefined)
    if (to !== undefined) body[to] = value
  }
  return body
}

function findByCoalesce(
  { commits }: WriteContext,
  target: TableStore,
  coalesce: readonly string[],
  body: Readonly<Record<string, string>>,
): Row | undefined {
  // A key that the row does not bring, or brings empty, finds nothing: the row inserts.
  if (coalesce.length === 0 || coalesce.some((name) => !body[name])) return undefined
  return commits
    .allLatest(target)
    .find((row) => coalesce.every((name) => target.read(row, name) === body[name]))
}

/** Transforms one row. What a policy or rule refuses is a status, never an exception: a staged row fails by itself. */
export function transform(
  context: WriteContext,
  map: ImportMap,
  source: Readonly<Record<string, string>>,
  by: Principal,
): Transformed {
  const target = context.database.need(map.target)
  const body = mapped(map, target, source)
  // References come as names here, as a transform map with "referenced value field" reads them.
  const options = { by, writer: 'rest', inputDisplay: true } as const
  try {
    const known = findByCoalesce(context, target, map.coalesce ?? [], body)
    if (!known) return { status: 'inserted', row: insertRecord(context, target, body, options) }
    const updated = updateRecord(context, target, known.id, body, options)
    return { status: updated?.changed ? 'updated' : 'ignored', row: updated?.row }
  } catch (error) {
    if (error instanceof DataPolicyError || error instanceof RuleAbortError)
      return { status: 'error', row: undefined, message: error.message }
    throw error
  }
}
