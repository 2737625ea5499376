/** `defineMapper`: both directions between a host's ticket and a record, from one declaration. */
import type { TableDefinition } from '../tables/define-table.ts'
import { type AnyDeclaration, type CompiledMapper, compileMapper } from './compile.ts'
import type {
  DryRun,
  LookupRequest,
  MappedRecord,
  MappedTicket,
  MappingContext,
  RawFields,
  RecordPatch,
  SettingValues,
} from './context.ts'
import { patchRecord } from './patch.ts'
import { type Members, viewTicket } from './path.ts'
import { toRecord } from './record.ts'
import type { FieldOf, MapperDeclaration, Rule } from './rules.ts'
import { toTicket } from './ticket.ts'

/**
 * A two-way mapper. Every method is pure: the same arguments give the same result, nothing is sent and nothing is changed.
 * Each throws MappingError for a value of a kind that cannot be mapped (an object where a text belongs, a display value pair in a record).
 */
export interface Mapper<
  Ticket extends object,
  Name extends string = string,
  Settings extends object = SettingValues,
> {
  readonly table: string
  readonly ruleNames: readonly Name[]
  /** What a read must ask for so that `toTicket` and `patch` see everything; may hold paths such as `caller_id.email`. */
  readonly readFields: readonly string[]
  /** Fields whose choices the mapper compares with when `context.choices` has them. */
  readonly choiceFields: readonly string[]
  /** Fields that mean something only together; give them to `merge`. */
  readonly groups: readonly (readonly string[])[]
  /** What must be looked up before this ticket is written; answers go into `context.lookups`. */
  needs(ticket: Ticket): LookupRequest[]
  /**
   * A new record. `fields` and `journal` together are the body of the POST; empty values are left out. `missing` names what the instance
   * would refuse the record for.
   */
  toRecord(ticket: Ticket, context?: MappingContext<Settings>): MappedRecord
  /** The ticket's members a raw record speaks of. Codes in no table are kept, HTML stays text, an empty choice leaves its member out. */
  toTicket(record: RawFields): MappedTicket<Ticket>
  /**
   * Only what the ticket says differently from `base`. A member that is `undefined` says nothing; null or `''` clears a text or a date,
   * never a choice or a reference. Defaults only fill what the instance demands and `base` does not have.
   * `rules` keeps the rules of these names, for example `['status', 'closeCode', 'closeNotes', 'holdReason']`.
   */
  patch(
    ticket: Ticket,
    base: RawFields,
    context?: MappingContext<Settings>,
    options?: { rules?: readonly Name[] },
  ): RecordPatch
  /** The exact POST, or with a base the exact PATCH, and everything the mapping has to say. Journal entries go in a PATCH of their own. */
  dryRun(ticket: Ticket, context?: MappingContext<Settings>, base?: RawFields): DryRun
  /** True when two values of a field mean the same to the ticket, for example the states Closed and Canceled. */
  same(field: string, a: string, b: string): boolean
}

/**
 * Declares a mapper for a ticket type and does nothing else. Called in two steps, so that the ticket is named and the rest inferred.
 * Throws MappingError for a declaration that cannot be meant so: a path or table with `__proto__`, a field the instance keeps itself,
 * a value table of the wrong width.
 *
 * @example
 * const mapper = defineMapper<{ title: string; urgent: 'yes' | 'no' }>()({
 *   table: incidentTable,
 *   rules: {
 *     title: { kind: 'text', from: 'title', to: 'short_description', maxLength: 160 },
 *     urgency: { kind: 'values', from: 'urgent', to: 'urgency', table: { yes: '1', no: '3' } },
 *   },
 * })
 * mapper.toRecord({ title: 'Printer', urgent: 'yes' }).fields   // { short_description: 'Printer', urgency: '1' }
 * mapper.toTicket({ urgency: '3' }).ticket                      // { urgent: 'no' }
 */
export function defineMapper<Ticket extends object, Settings extends object = SettingValues>() {
  return <
    const Table extends TableDefinition,
    const Rules extends Readonly<Record<string, Rule<Ticket, FieldOf<Table>>>>,
  >(
    declaration: MapperDeclaration<Ticket, Table, Rules>,
  ): Mapper<Ticket, Extract<keyof Rules, string>, Settings> =>
    createMapper(declaration as unknown as AnyDeclaration)
}

/** The mapper of a declaration whose types have been checked or are not known. */
export function createMapper<Ticket extends object, Name extends string, Settings extends object>(
  declaration: AnyDeclaration,
): Mapper<Ticket, Name, Settings> {
  const compiled = compileMapper(declaration)
  const rules = [...compiled.plain, ...compiled.conditional].map(({ rule }) => rule)
  const asking = rules.filter((rule) => rule.needs !== undefined)
  const members = (ticket: Ticket) => ticket as Members
  const plain = (context: MappingContext<Settings>) => context as MappingContext
  const mapper: Mapper<Ticket, Name, Settings> = {
    table: compiled.shape.table.name,
    ruleNames: compiled.names as Name[],
    readFields: compiled.readFields,
    choiceFields: compiled.choiceFields,
    groups: compiled.groups,
    needs(ticket) {
      const view = viewTicket(compiled.shape.slots, members(ticket))
      return asking.flatMap((rule) => rule.needs?.(view) ?? [])
    },
    toRecord: (ticket, context = {}) => toRecord(compiled, members(ticket), plain(context)),
    toTicket(record) {
      const { ticket, unmapped, warnings } = toTicket(compiled, record)
      return { ticket: ticket as Partial<Ticket>, unmapped, warnings }
    },
    patch: (ticket, base, context = {}, options = {}) =>
      patchRecord(compiled, members(ticket), base, plain(context), options.rules),
    dryRun: (ticket, context = {}, base) => dryRun(mapper, ticket, context, base),
    same: (field, a, b) => sameMeaning(compiled, field, a, b),
  }
  return mapper
}

function dryRun<Ticket extends object, Name extends string, Settings extends object>(
  mapper: Mapper<Ticket, Name, Settings>,
  ticket: Ticket,
  context: MappingContext<Settings>,
  base: RawFields | undefined,
): DryRun {
  const { table } = mapper
  const needs = mapper.needs(ticket)
  if (base !== undefined) {
    const { fields, unmapped, warnings, missing } = mapper.patch(ticket, base, context)
    return { method: 'PATCH', table, body: fields, needs, unmapped, warnings, missing }
  }
  const { fields, journal, unmapped, warnings, missing } = mapper.toRecord(ticket, context)
  const entries = Object.entries(journal).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    method: 'POST',
    table,
    body: { ...fields, ...Object.fromEntries(entries) },
    needs,
    unmapped,
    warnings,
    missing,
  }
}

function sameMeaning({ plain, conditional }: CompiledMapper, field: string, a: string, b: string): boolean {
  if (a === b) return true
  return [...plain, ...conditional].some(
    ({ rule }) => rule.writes.includes(field) && rule.same?.(field, a, b),
  )
}
