/** Writes a table that comes to an instance later than the others into its dictionary: `sys_db_object` and `sys_dictionary`. */
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import { schemaRecords, type TableDefinition } from './dictionary.ts'
import { createRandom, mixSeed } from './random.ts'
import { toStamp } from './stamp.ts'

/** Where the rows go, and what their ids and stamps are made of. */
export interface Describing {
  readonly database: Database
  readonly clock: Clock
  readonly seed: number
}

/** Describes a table, and its parent where nothing has yet; a table that is described already stays as it is. */
export function describeTable({ database, clock, seed }: Describing, definition: TableDefinition): void {
  const tables = database.need('sys_db_object')
  const columns = database.need('sys_dictionary')
  const idOf = (name: string): string | undefined => tables.lookup('name', name)?.[0]?.id
  if (idOf(definition.name) !== undefined) return
  const random = createRandom(mixSeed(seed, 'schema', definition.name))
  const now = toStamp(clock.now().getTime())
  const stamps = {
    sys_created_on: now,
    sys_updated_on: now,
    sys_created_by: 'system',
    sys_updated_by: 'system',
    sys_mod_count: '0',
  }
  const { sys_db_object = [], sys_dictionary = [] } = schemaRecords([definition], () => random.hex(32))
  const fresh = sys_db_object.filter(({ name = '' }) => idOf(name) === undefined)
  const parent = definition.extends === undefined ? undefined : idOf(definition.extends)
  for (const record of fresh) {
    const known = record.name === definition.name ? parent : undefined
    tables.insert({ ...stamps, ...record, super_class: known ?? record.super_class ?? '' })
  }
  for (const record of sys_dictionary)
    if (fresh.some(({ name }) => name === record.name)) columns.insert({ ...stamps, ...record })
}
