/** The patch of a record: only fields of which the ticket says something else than the base. */
import type { CompiledMapper } from './compile.ts'
import type { FieldChange, MappingContext, RawFields, RecordPatch } from './context.ts'
import type { TextRecord } from './draft.ts'
import { type Members, type TicketView, viewTicket } from './path.ts'
import { draftRecord, missingOf, reportMembers, takesPart } from './record.ts'
import { textRecord } from './ticket.ts'

export function patchRecord(
  mapper: CompiledMapper,
  members: Members,
  raw: RawFields,
  context: MappingContext,
  names: readonly string[] | undefined,
): RecordPatch {
  const base = textRecord(mapper.shape.table.name, raw)
  const only = names === undefined ? null : new Set(names)
  const ticket = viewTicket(mapper.shape.slots, members)
  const draft = draftRecord(mapper, ticket, context, base, only)
  reportMembers(mapper, draft)
  const spoken = spokenFields(mapper, ticket, base, context, only)
  const fields: Record<string, string> = {}
  const changes: FieldChange[] = []
  const unchanged: string[] = []
  for (const [field, to] of Object.entries(draft.fields)) {
    if (draft.defaults?.includes(field)) continue
    const from = base[field] ?? ''
    if (!spoken.has(field) || to === from) {
      unchanged.push(field)
      continue
    }
    fields[field] = to
    changes.push({ field, from, to })
  }
  if (changes.length > 0) fillDemands(mapper, draft.fields, draft.defaults, base, fields, changes)
  const { journal, unmapped, warnings } = draft
  const missing = changes.length > 0 ? missingOf(mapper.demands, fields, base) : []
  return { fields, journal, unmapped, warnings, missing, changes, unchanged }
}

/** The fields of rules that do not agree with the base, of the ticket's custom fields, and of the overrides. */
function spokenFields(
  mapper: CompiledMapper,
  ticket: TicketView,
  base: TextRecord,
  context: MappingContext,
  only: ReadonlySet<string> | null,
): Set<string> {
  const spoken = new Set(Object.keys(context.overrides ?? {}))
  for (const bound of [...mapper.plain, ...mapper.conditional]) {
    if (!takesPart(bound, base, only) || bound.rule.agrees(ticket, base)) continue
    for (const field of bound.rule.writes) spoken.add(field)
  }
  for (const field of mapper.passthrough?.fields(ticket) ?? []) spoken.add(field)
  return spoken
}

/** On an update a default only fills what the instance demands and does not have. */
function fillDemands(
  { demands }: CompiledMapper,
  drafted: Readonly<Record<string, string>>,
  defaults: readonly string[] | null,
  base: TextRecord,
  fields: Record<string, string>,
  changes: FieldChange[],
): void {
  for (const { field } of missingOf(demands, fields, base)) {
    const value = defaults?.includes(field) ? drafted[field] : undefined
    if (!value) continue
    fields[field] = value
    changes.push({ field, from: base[field] ?? '', to: value })
  }
}
