/** Ticket to record: runs the rules, then says what was not mapped and what the instance would miss. */
import { MappingError } from '../base/errors.ts'
import type { BoundRule, CompiledMapper } from './compile.ts'
import type { MappedRecord, MappingContext, MissingField } from './context.ts'
import { Draft, type TextRecord } from './draft.ts'
import { assertField } from './names.ts'
import { type Members, type TicketView, viewTicket } from './path.ts'
import type { Demand } from './rules.ts'

/** Drafts a record, or what a patch of `base` would be made from; `only` keeps the rules of these names. */
export function draftRecord(
  mapper: CompiledMapper,
  ticket: TicketView,
  context: MappingContext,
  base: TextRecord | null,
  only: ReadonlySet<string> | null,
): Draft {
  const draft = new Draft(mapper.shape, ticket, context, base)
  const everyRule = base === null && only === null
  if (everyRule) for (const rule of mapper.writers) rule.write(draft)
  else for (const bound of mapper.plain) if (takesPart(bound, base, only)) bound.rule.write(draft)
  draft.compose()
  const custom = mapper.passthrough
  if (custom !== null && (only === null || only.has(custom.rule.name))) custom.rule.write(draft)
  if (context.overrides !== undefined) applyOverrides(mapper, draft, context.overrides)
  for (const bound of mapper.conditional) {
    if (bound.when === null || !(everyRule || takesPart(bound, base, only))) continue
    const value = draft.fields[bound.when.field] ?? base?.[bound.when.field]
    if (value === undefined || !bound.when.is.has(value)) continue
    if (context.overrides !== undefined && bound.rule.writes.some((field) => field in draft.fields)) continue
    bound.rule.write(draft)
  }
  return draft
}

/** False for a rule that is left out by name, or that only serves new records. */
export function takesPart(
  bound: BoundRule,
  base: TextRecord | null,
  only: ReadonlySet<string> | null,
): boolean {
  return !(bound.createOnly && base !== null) && (only === null || only.has(bound.rule.name))
}

function applyOverrides(
  mapper: CompiledMapper,
  draft: Draft,
  overrides: Readonly<Record<string, string>>,
): void {
  const { table } = mapper.shape
  for (const [field, value] of Object.entries(overrides)) {
    const place = { table: table.name, field, kind: 'override' }
    assertField(table.name, field, 'write')
    if (mapper.locked.has(field)) {
      throw new MappingError(`${field} is kept by the mapper and cannot be overridden.`, place)
    }
    if (!Object.hasOwn(table.fields, field) && !field.startsWith('u_')) {
      throw new MappingError(`${table.name} has no field ${field} that could be overridden.`, place, {
        hint: 'Use a field of the table, or a custom field (u_...).',
      })
    }
    if (typeof value !== 'string') {
      throw new MappingError(`The override of ${field} is not a text.`, place, {
        hint: 'Give the raw value.',
      })
    }
    draft.defaults = draft.defaults?.filter((each) => each !== field) ?? null
    delete draft.fields[field]
    delete draft.journal[field]
    draft.put(field, value)
  }
}

export function toRecord(mapper: CompiledMapper, ticket: Members, context: MappingContext): MappedRecord {
  const draft = draftRecord(mapper, viewTicket(mapper.shape.slots, ticket), context, null, null)
  reportMembers(mapper, draft)
  const { fields, journal, unmapped, warnings } = draft
  return { fields, journal, unmapped, warnings, missing: missingOf(mapper.demands, fields, null) }
}

/** Says which members of the ticket hold something and are read by no rule. */
export function reportMembers({ passthrough }: CompiledMapper, draft: Draft): void {
  const { ticket, extras } = draft.ticket
  for (const member of extras) {
    const value = ticket[member]
    if (value === undefined || value === null || value === '') continue
    if (!passthrough?.carries(member)) draft.leaveOut(member, 'no rule reads it')
  }
}

/** What a record with these fields, over this base, would lack. */
export function missingOf(
  demands: readonly Demand[],
  fields: Readonly<Record<string, string>>,
  base: TextRecord | null,
): MissingField[] {
  const missing: MissingField[] = []
  for (const { field, label, when, why } of demands) {
    const state = fields[when.field] ?? base?.[when.field]
    if (state === undefined || !when.is.includes(state)) continue
    if (!(fields[field] ?? base?.[field])) missing.push({ field, label, why })
  }
  return missing
}
