/** The tables of a scenario: columns changed, added and filled, as definitions that an instance takes. */

import { systemFields } from '../dictionary/field.ts'
import { baseTables, type FieldDefinition, type TableDefinition } from '../dictionary.ts'
import { mixSeed } from '../random.ts'
import type { RawRecord } from '../table-store.ts'
import type { FieldPlan, TablePlan } from './scenario.ts'

type Plans = Readonly<Record<string, TablePlan>>

function kindOf({ choices, reference }: FieldPlan): FieldDefinition['kind'] {
  if (reference !== undefined) return 'reference'
  const values = Object.keys(choices ?? {})
  return values.length > 0 && values.every((value) => /^-?\d+$/.test(value)) ? 'integer' : 'string'
}

function fieldFrom(name: string, plan: FieldPlan, known: FieldDefinition | undefined): FieldDefinition {
  const { choices, default: defaultValue, seeded: _, ...rest } = plan
  const list = choices && Object.entries(choices).map(([value, label]) => ({ value, label }))
  return {
    ...(known ?? { name, label: name, kind: kindOf(plan) }),
    ...rest,
    ...(list ? { choices: list } : {}),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  }
}

function tableFrom(name: string, { fields = {}, ...plan }: TablePlan): TableDefinition {
  const known = baseTables.find((table) => table.name === name)
  const before = known?.fields ?? systemFields
  const changed = before.map((field) => fieldFrom(field.name, fields[field.name] ?? {}, field))
  const added = Object.entries(fields)
    .filter(([column]) => !before.some((field) => field.name === column))
    .map(([column, each]) => fieldFrom(column, each, undefined))
  const display = plan.display ?? known?.display ?? added[0]?.name ?? 'sys_id'
  const base = known ?? {
    name,
    label: name,
    ordered: ['sys_updated_on'],
    lookups: [display],
    auditDelete: true,
  }
  return { ...base, ...plan, display, fields: [...changed, ...added] }
}

/** The definitions for an instance's option `tables`. */
export function tablesFrom(plans: Plans): TableDefinition[] {
  return Object.entries(plans).map(([name, plan]) => tableFrom(name, plan))
}

/**
 * What fills the columns with `seeded` values, for an instance's option `dress`; the draw depends on the seed and the
 * record's id alone. `undefined` when there is no such column.
 */
export function dressFrom(
  plans: Plans,
  seed: number,
): ((table: string, record: RawRecord) => RawRecord) | undefined {
  const byTable = new Map<string, readonly (readonly [string, readonly string[]])[]>()
  for (const [name, { fields = {} }] of Object.entries(plans)) {
    const filled = Object.entries(fields).flatMap(([column, { seeded }]) =>
      seeded && seeded.length > 0 ? [[column, seeded] as const] : [],
    )
    if (filled.length > 0) byTable.set(name, filled)
  }
  if (byTable.size === 0) return undefined
  return (table, record) => {
    const filled = byTable.get(table)
    if (!filled) return record
    const more = filled.map(([column, values]) => {
      const draw = mixSeed(seed, column, record.sys_id ?? '') % values.length
      return [column, values[draw] ?? '']
    })
    return { ...record, ...Object.fromEntries(more) }
  }
}
