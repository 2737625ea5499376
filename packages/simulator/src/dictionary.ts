/** Tables and fields as data, like `sys_dictionary`: the list a fresh instance starts with, and questions asked of it. */
import type { TableDefinition } from './dictionary/field.ts'
import { incident } from './dictionary/incident.ts'
import { platformTables } from './dictionary/platform.ts'
import { schemaTables } from './dictionary/schema.ts'
import { systemTables } from './dictionary/system.ts'

export type { Choice, FieldDefinition, FieldKind, TableDefinition } from './dictionary/field.ts'
export { CLOSE_CODES } from './dictionary/incident.ts'
export { choiceRecords, schemaRecords } from './dictionary/records.ts'

/** The tables of a fresh instance. */
export const baseTables: readonly TableDefinition[] = [
  incident,
  ...platformTables,
  ...systemTables,
  ...schemaTables,
]

/** Whether `table` is `ancestor` or extends it; `task` is known as a parent although it has no rows of its own. */
export function isInstanceOf(tables: readonly TableDefinition[], table: string, ancestor: string): boolean {
  let at: string | undefined = table
  while (at !== undefined) {
    if (at === ancestor) return true
    at = tables.find(({ name }) => name === at)?.extends
  }
  return false
}
