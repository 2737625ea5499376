/** Data policies and business rules that refuse writes, set while the instance runs (servicenow.md 1.5). */
import type { Principal } from './acl.ts'
import type { Database } from './database.ts'
import { lineOf } from './dictionary.ts'
import { compileQuery } from './query/compile.ts'
import { createRandom, mixSeed } from './random.ts'
import { RuleAbortError } from './rule-abort.ts'
import { DataPolicyError } from './rules.ts'
import type { Row, TableStore } from './table-store.ts'

/** Columns that must be filled wherever a condition holds, in records of a table and of those that extend it. */
export interface DataPolicy {
  readonly table: string
  readonly mandatory: readonly string[]
  /** An encoded query over the record as it would be stored; every record when left out. */
  readonly when?: string
}

/** A before-rule that aborts a write, to a table or to one that extends it. */
export interface BusinessRule {
  readonly table: string
  /** As the answer names it. */
  readonly name: string
  /** Default: all three. */
  readonly on?: readonly WriteKind[]
  /** An encoded query over the record as it would be stored, or as it is when it is deleted. */
  readonly when?: string
}

/** What a rule may be about. */
export type WriteKind = 'insert' | 'update' | 'delete'

/** A write that is about to happen. */
export interface Writing {
  readonly kind: WriteKind
  readonly table: TableStore
  /** The record as it would be, or as it is when it is deleted. */
  readonly row: Row
  readonly by: Principal
  readonly nowMs: number
}

/** The policies of an instance. */
export interface Policies {
  /** Adds a data policy and gives its id. Throws `RangeError` for an unknown table, `TypeError` for an unknown column. */
  dataPolicy(policy: DataPolicy): string
  /** Adds a business rule and gives its id, which its answers name. Throws `RangeError` for an unknown table. */
  businessRule(rule: BusinessRule): string
  /** Takes one of them away, or all. */
  clear(id?: string): void
  /** Throws `RuleAbortError` or `DataPolicyError` for a write that is refused. */
  judge(writing: Writing): void
}

/** The label of a column, as answers name it to people. */
function labelOf(table: TableStore, name: string): string {
  const at = table.column(name)
  return (at === undefined ? undefined : table.fields[at]?.label) ?? name
}

/** Creates an instance without policies; `seed` decides the ids of those to come. */
export function createPolicies(database: Database, seed: number): Policies {
  const random = createRandom(mixSeed(seed, 'policies'))
  const policies = new Map<string, DataPolicy>()
  const rules = new Map<string, BusinessRule>()
  const holds = (when: string | undefined, { table, row, by, nowMs }: Writing): boolean => {
    if (when === undefined) return true
    const asker = { nowMs, zone: by.zone, userId: by.id, userName: by.userName }
    return compileQuery(when, { database, table, asker }).test(row)
  }
  const abort = (writing: Writing): void => {
    const { name } = writing.table.definition
    const line = lineOf(database.definitions, name)
    for (const [id, rule] of rules) {
      if (!line.includes(rule.table) || (rule.on && !rule.on.includes(writing.kind))) continue
      if (holds(rule.when, writing)) throw new RuleAbortError(name, rule.name, id)
    }
  }
  const demand = (writing: Writing): void => {
    const { table, row } = writing
    const missing = new Set<string>()
    const line = lineOf(database.definitions, table.definition.name)
    for (const policy of policies.values()) {
      if (!line.includes(policy.table) || !holds(policy.when, writing)) continue
      for (const name of policy.mandatory) if (table.read(row, name) === '') missing.add(labelOf(table, name))
    }
    if (missing.size > 0) throw new DataPolicyError([...missing])
  }
  return {
    dataPolicy(policy) {
      const table = database.need(policy.table)
      const ghost = policy.mandatory.find((name) => table.column(name) === undefined)
      if (ghost !== undefined) throw new TypeError(`${policy.table} has no column ${ghost}`)
      const id = random.hex(32)
      policies.set(id, policy)
      return id
    },
    businessRule(rule) {
      database.need(rule.table)
      const id = random.hex(32)
      rules.set(id, rule)
      return id
    },
    clear(id) {
      if (id === undefined) {
        policies.clear()
        rules.clear()
      } else if (!policies.delete(id)) rules.delete(id)
    },
    judge(writing) {
      if (rules.size > 0) abort(writing)
      if (policies.size > 0 && writing.kind !== 'delete') demand(writing)
    },
  }
}
