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

/** A table and those above it, nearest first; the last one may be a parent without rows of its own. */
export function lineOf(tables: readonly TableDefinition[], table: string): readonly string[] {
  const line: string[] = []
  for (let at: string | undefined = table; at !== undefined && !line.includes(at); ) {
    const name: string = at
    line.push(name)
    at = tables.find((each) => each.name === name)?.extends
  }
  return line
}

/** Whether `table` is `ancestor` or extends it; `task` is known as a parent although it has no rows of its own. */
export function isInstanceOf(tables: readonly TableDefinition[], table: string, ancestor: string): boolean {
  return lineOf(tables, table).includes(ancestor)
}
