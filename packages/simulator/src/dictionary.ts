/** Tables and fields as data, like `sys_dictionary`: the list a fresh instance starts with, and questions asked of it. */
import type { Choice, TableDefinition } from './dictionary/field.ts'
import { incident } from './dictionary/incident.ts'
import { platformTables } from './dictionary/platform.ts'
import { systemTables } from './dictionary/system.ts'

export type { Choice, FieldDefinition, FieldKind, TableDefinition } from './dictionary/field.ts'
export { CLOSE_CODES } from './dictionary/incident.ts'

/** The tables of a fresh instance. */
export const baseTables: readonly TableDefinition[] = [incident, ...platformTables, ...systemTables]

/** Whether `table` is `ancestor` or extends it; `task` is known as a parent although it has no rows of its own. */
export function isInstanceOf(tables: readonly TableDefinition[], table: string, ancestor: string): boolean {
  let at: string | undefined = table
  while (at !== undefined) {
    if (at === ancestor) return true
    at = tables.find(({ name }) => name === at)?.extends
  }
  return false
}

/** The rows of `sys_choice` that the given tables imply, without ids and stamps. */
export function choiceRecords(tables: readonly TableDefinition[]): Record<string, string>[] {
  const records: Record<string, string>[] = []
  for (const table of tables) {
    for (const { name, choices } of table.fields) {
      for (const [at, { value, label, dependent }] of (choices ?? ([] as Choice[])).entries()) {
        records.push({
          name: table.name,
          element: name,
          value,
          label,
          dependent_value: dependent ?? '',
          sequence: String(at + 1),
          language: 'en',
          inactive: 'false',
        })
      }
    }
  }
  return records
}
