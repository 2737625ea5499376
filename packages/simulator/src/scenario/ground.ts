/** The names of the instance that a scenario would make, read out of data that nobody has checked yet. */
import { createDatabase } from '../database.ts'
import { systemFields } from '../dictionary/field.ts'
import type { TableDefinition } from '../dictionary.ts'
import { type Names, namesOf } from './names.ts'
import { readablePlan } from './plans.ts'
import { isFields } from './shape.ts'
import { tablesFrom } from './tables.ts'

function textsIn(list: unknown, name: string): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((each: unknown) => {
    const found = isFields(each) ? each[name] : undefined
    return typeof found === 'string' ? [found] : []
  })
}

/** A staging table: its own columns come with the rows. */
function stagingOf(name: string): TableDefinition {
  return { name, label: name, display: 'sys_id', fields: systemFields, ordered: [], lookups: [] }
}

/**
 * The names of a scenario over its preset. What is wrong in it leaves a name out or in, and is told where it stands: so
 * all faults are told at once.
 */
export function namesIn(scenario: Readonly<Record<string, unknown>>): Names {
  const { tables, users, imports } = scenario
  const plans = Object.entries(isFields(tables) ? tables : {}).map(
    ([name, plan]) => [name, readablePlan(plan)] as const,
  )
  const database = createDatabase(tablesFrom(Object.fromEntries(plans)), false)
  for (const staging of textsIn(imports, 'staging')) database.add(stagingOf(staging))
  return namesOf(database, users === undefined ? ['admin'] : textsIn(users, 'user'))
}
