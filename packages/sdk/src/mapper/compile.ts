/** A declaration made ready to run: every name checked, sectioned fields laid out, rules in the order they are written. */
import { MappingError } from '../base/errors.ts'
import type { TableDefinition } from '../tables/define-table.ts'
import type { CompiledRule } from './compiled-rule.ts'
import { compileComputed } from './computed-rule.ts'
import { compileConstant } from './constant-rule.ts'
import { compileDate } from './date-rule.ts'
import type { MapperShape } from './draft.ts'
import { assertField, ownEntries } from './names.ts'
import { compilePassthrough, type Passthrough } from './passthrough-rule.ts'
import { compileReference } from './reference-rule.ts'
import type { AnyRule, Demand, FieldCondition } from './rules.ts'
import { createLayout, type Layout } from './sections.ts'
import { compileText } from './text-rule.ts'
import { compileValues } from './values-rule.ts'

/** The declaration without its types. */
export interface AnyDeclaration {
  readonly table: TableDefinition
  readonly rules: Readonly<Record<string, AnyRule>>
  readonly demands?: readonly Demand[]
  readonly ignore?: { readonly ticket?: readonly string[]; readonly record?: readonly string[] }
  readonly locked?: readonly string[]
}

type FieldRule = Exclude<AnyRule, { kind: 'passthrough' }>

/** A rule and when it takes part. */
export interface BoundRule {
  readonly rule: CompiledRule
  readonly createOnly: boolean
  readonly when: { readonly field: string; readonly is: ReadonlySet<string> } | null
}

export interface CompiledMapper {
  readonly shape: MapperShape
  readonly names: readonly string[]
  /** Rules without a condition first, so that a condition sees what they wrote. */
  readonly plain: readonly BoundRule[]
  readonly conditional: readonly BoundRule[]
  /** The rules of `plain` by themselves, for a new record. */
  readonly writers: readonly CompiledRule[]
  readonly passthrough: Passthrough | null
  readonly demands: readonly Demand[]
  readonly locked: ReadonlySet<string>
  /** Fields that some rule reads or that are ignored: they are not reported. */
  readonly knownFields: ReadonlySet<string>
  readonly readFields: readonly string[]
  readonly choiceFields: readonly string[]
  readonly groups: readonly (readonly string[])[]
}

export function compileMapper(declaration: AnyDeclaration): CompiledMapper {
  const { table, demands = [], ignore = {}, locked = [] } = declaration
  assertTable(table)
  const entries = ownEntries(table.name, 'The rules', declaration.rules)
  const fieldRules = entries.filter((entry): entry is [string, FieldRule] => entry[1].kind !== 'passthrough')
  for (const [name, rule] of fieldRules) assertRule(table.name, name, rule)
  const shape: MapperShape = {
    table,
    layouts: layoutsOf(table.name, fieldRules),
    journals: journalsOf(table),
    slots: new Map(),
  }
  const bound = fieldRules.map(([name, rule]) => bind(shape, name, rule))
  const reads = new Set(bound.flatMap(({ rule }) => rule.reads))
  const writes = bound.flatMap(({ rule }) => rule.writes)
  const [custom, second] = entries.filter(([, rule]) => rule.kind === 'passthrough')
  if (second !== undefined) throw fault(table.name, second[0], 'passthrough', 'is a second passthrough rule')
  const passthrough =
    custom?.[1].kind === 'passthrough'
      ? compilePassthrough(shape, custom[0], custom[1], new Set([...reads, ...writes]))
      : null
  for (const member of ignore.ticket ?? []) if (!shape.slots.has(member)) shape.slots.set(member, -1)
  return {
    shape,
    names: entries.map(([name]) => name),
    plain: bound.filter(({ when }) => when === null),
    writers: bound.filter(({ when }) => when === null).map(({ rule }) => rule),
    conditional: bound.filter(({ when }) => when !== null),
    passthrough,
    demands,
    locked: new Set(locked),
    knownFields: new Set([...reads, ...(ignore.record ?? [])]),
    readFields: [...reads],
    choiceFields: fieldRules.flatMap(([, rule]) =>
      rule.kind === 'values' && rule.choices ? fieldsOf(rule).slice(0, 1) : [],
    ),
    groups: groupsOf(fieldRules),
  }
}

function fault(table: string, name: string, kind: string, what: string): MappingError {
  return new MappingError(`The rule ${name} of the mapper for ${table} ${what}.`, {
    table,
    field: name,
    kind,
  })
}

function assertTable(table: TableDefinition): void {
  for (const [field] of ownEntries(table.name, 'The fields', table.fields))
    assertField(table.name, field, 'read')
}

function fieldsOf(rule: FieldRule): readonly string[] {
  return typeof rule.to === 'string' ? [rule.to] : rule.to
}

function assertRule(table: string, name: string, rule: FieldRule): void {
  const use = rule.direction === 'toTicket' ? 'read' : 'write'
  for (const field of fieldsOf(rule)) assertField(table, field, use)
  if (rule.when !== undefined) assertField(table, rule.when.field, 'read')
  if (rule.kind !== 'text') return
  if (rule.maxLength !== undefined && !(Number.isInteger(rule.maxLength) && rule.maxLength >= 2)) {
    throw fault(table, name, 'text', 'needs a maxLength of at least 2')
  }
  const heading = rule.overflow?.heading ?? rule.section
  if (heading === undefined) return
  if (rule.overflow !== undefined) assertField(table, rule.overflow.to, use)
  if (heading.trim() !== heading || heading === '' || /[\r\n\u2028\u2029]/.test(heading)) {
    throw fault(table, name, 'text', 'needs a heading of one line without spaces around it')
  }
  if (rule.when !== undefined) throw fault(table, name, 'text', 'has a section and cannot have a condition')
}

function layoutsOf(table: string, rules: readonly [string, FieldRule][]): Layout[] {
  const found = new Map<string, { leading: string[]; trailing: string[]; maxLength?: number }>()
  const at = (field: string) => found.get(field) ?? { leading: [], trailing: [] }
  for (const [name, rule] of rules) {
    if (rule.kind !== 'text') continue
    const [field, heading] =
      rule.overflow === undefined ? [rule.to, rule.section] : [rule.overflow.to, rule.overflow.heading]
    if (heading === undefined) continue
    const layout = at(field)
    if ([...layout.leading, ...layout.trailing].includes(heading)) {
      throw fault(table, name, 'text', `uses the heading ${JSON.stringify(heading)} a second time`)
    }
    ;(rule.overflow === undefined ? layout.trailing : layout.leading).push(heading)
    found.set(field, layout)
  }
  for (const [, rule] of rules) {
    if (rule.kind !== 'text' || rule.section !== undefined || rule.maxLength === undefined) continue
    const layout = found.get(rule.to)
    if (layout !== undefined) layout.maxLength = rule.maxLength
  }
  return [...found].map(([field, { leading, trailing, maxLength }]) =>
    createLayout(field, leading, trailing, maxLength),
  )
}

function journalsOf(table: TableDefinition): Set<string> {
  const declared = Object.entries(table.fields).filter(([, kind]) => kind === 'journal')
  return new Set(['comments', 'work_notes', ...declared.map(([field]) => field)])
}

function bind(shape: MapperShape, name: string, rule: FieldRule): BoundRule {
  const compiled = compileKind(shape, name, rule)
  const { when, direction = 'both' } = rule
  return {
    rule: direction === 'both' ? compiled : oneWay(compiled, direction),
    createOnly: rule.only === 'create',
    when: when === undefined ? null : { field: when.field, is: new Set(when.is) },
  }
}

function compileKind(shape: MapperShape, name: string, rule: FieldRule): CompiledRule {
  switch (rule.kind) {
    case 'text':
      return compileText(shape, name, rule)
    case 'values':
      return compileValues(shape, name, rule)
    case 'constant':
      return compileConstant(shape, name, rule)
    case 'reference':
      return compileReference(shape, name, rule)
    case 'date':
      return compileDate(shape, name, rule)
    case 'computed':
      return compileComputed(shape, name, rule)
    default:
      throw fault(shape.table.name, name, String((rule as { kind: unknown }).kind), 'is of an unknown kind')
  }
}

function oneWay(rule: CompiledRule, direction: 'toRecord' | 'toTicket'): CompiledRule {
  if (direction === 'toRecord') return { ...rule, reads: [], read() {} }
  const { needs: _needs, ...rest } = rule
  return { ...rest, writes: [], write() {}, agrees: () => true }
}

/** Fields that mean something only together: those of one rule, and those whose rules depend on another field. */
function groupsOf(rules: readonly [string, FieldRule][]): string[][] {
  const groups: Set<string>[] = []
  for (const [, rule] of rules) {
    if (rule.only === 'create' || rule.direction === 'toTicket') continue
    const condition: FieldCondition | undefined = rule.when
    const fields = [...fieldsOf(rule), ...(condition === undefined ? [] : [condition.field])]
    if (fields.length < 2) continue
    const touching = groups.filter((group) => fields.some((field) => group.has(field)))
    for (const group of touching) groups.splice(groups.indexOf(group), 1)
    groups.push(new Set([...touching.flatMap((group) => [...group]), ...fields]))
  }
  return groups.map((group) => [...group])
}
