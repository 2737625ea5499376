/** The preset for the help desk's tickets: ticket to incident and back, every line replaceable by the host. */
import { incidentTable } from '../tables/incident.ts'
import type { AnyDeclaration } from './compile.ts'
import { readSetting } from './compiled-rule.ts'
import type { MappingContext } from './context.ts'
import { correlationKey } from './correlation.ts'
import { createMapper, type Mapper } from './define-mapper.ts'
import { ownEntries } from './names.ts'
import type { Demand, FieldOf, Rule } from './rules.ts'

type OrOther<Words extends string> = Words | (string & {})

/** A ticket of the help desk. Members that are `undefined` say nothing; custom members (`u_*`) are passed on. */
export interface CopilotTicket {
  id: string | number
  subject?: string | null
  description?: string | null
  status?: OrOther<'open' | 'in_progress' | 'pending' | 'resolved' | 'closed'> | null
  priority?: OrOther<'low' | 'medium' | 'high' | 'urgent'> | null
  predicted_priority?: OrOther<'low' | 'medium' | 'high' | 'urgent'> | null
  category?: string | null
  predicted_category?: string | null
  requester_email?: string | null
  ai_suggestions?: string | null
  /** Why a pending ticket waits: a code of the instance's `hold_reason`. */
  hold_reason?: string | null
  close_code?: string | null
  close_notes?: string | null
}

export interface CopilotSettings {
  /** First part of `correlation_id`, made once and kept. Default `copilot`. */
  installationId?: string
  /** Last part of `correlation_id`. Default 1. */
  linkGeneration?: number
  /** `correlation_display`. Default `Copilot`. */
  systemName?: string
  /** sys_id of the caller when the requester is not found (the server's SN_DEFAULT_CALLER_SYSID). */
  defaultCaller?: string
  /** sys_id of the group (the server's SN_DEFAULT_ASSIGNMENT_GROUP_SYSID). */
  defaultAssignmentGroup?: string
  /** Used for a pending ticket that names no reason. */
  holdReason?: string
  /** Used for a resolved or closed ticket that names no code; the codes differ between releases. */
  closeCode?: string
  closeNotes?: string
}

const onHold = { field: 'state', is: ['3'] } as const
const finished = { field: 'state', is: ['6', '7'] } as const

function systemName(context: MappingContext): string {
  return readSetting(context, 'systemName') ?? 'Copilot'
}

/** The lines of the preset, in the order in which they write. */
const copilotRules = {
  subject: {
    kind: 'text',
    from: 'subject',
    to: 'short_description',
    maxLength: 160,
    overflow: { to: 'description', heading: 'Full subject' },
  },
  description: { kind: 'text', from: 'description', to: 'description', maxLength: 4000 },
  suggestions: { kind: 'text', from: 'ai_suggestions', to: 'description', section: 'AI Suggestions' },
  // The instance looks the priority up from impact and urgency; alone it has no effect.
  priority: {
    kind: 'values',
    from: ['priority', 'predicted_priority'],
    to: ['priority', 'impact', 'urgency'],
    table: { urgent: ['1', '1', '1'], high: ['2', '2', '1'], medium: ['3', '2', '2'], low: ['4', '3', '2'] },
    reads: { '5': 'low' },
  },
  category: {
    kind: 'values',
    from: ['category', 'predicted_category'],
    to: 'category',
    choices: true,
    fallback: 'software',
  },
  caller: {
    kind: 'reference',
    from: 'requester_email',
    to: 'caller_id',
    table: 'sys_user',
    by: 'email',
    where: { active: 'true' },
    setting: 'defaultCaller',
  },
  note: {
    kind: 'computed',
    from: ['id'],
    to: ['work_notes'],
    only: 'create',
    toRecord: (ticket) => ({ work_notes: `Copilot Ticket ID: ${ticket.id}` }),
  },
  correlation: {
    kind: 'computed',
    from: ['id'],
    to: ['correlation_id', 'correlation_display'],
    only: 'create',
    toRecord: (ticket, context) => ({
      correlation_id: correlationKey({
        installationId: readSetting(context, 'installationId'),
        ticketId: ticket.id ?? '',
        generation: readSetting(context, 'linkGeneration'),
      }),
      correlation_display: systemName(context),
    }),
  },
  status: {
    kind: 'values',
    from: 'status',
    to: 'state',
    table: { open: '1', in_progress: '2', pending: '3', resolved: '6', closed: '7' },
    reads: { '8': 'closed' },
  },
  holdReason: {
    kind: 'values',
    from: 'hold_reason',
    to: 'hold_reason',
    choices: true,
    setting: 'holdReason',
    when: onHold,
  },
  closeCode: {
    kind: 'values',
    from: 'close_code',
    to: 'close_code',
    choices: true,
    setting: 'closeCode',
    when: finished,
  },
  closeNotes: {
    kind: 'text',
    from: 'close_notes',
    to: 'close_notes',
    maxLength: 4000,
    setting: 'closeNotes',
    when: finished,
  },
  group: { kind: 'constant', to: 'assignment_group', setting: 'defaultAssignmentGroup' },
  custom: { kind: 'passthrough' },
} as const satisfies Readonly<Record<string, Rule<CopilotTicket, FieldOf<typeof incidentTable>>>>

/** The names of the preset's lines. */
export type CopilotRuleName = keyof typeof copilotRules

/** What the instance's data policies demand out of the box, under the labels its refusal would show. */
const copilotDemands: readonly Demand[] = [
  {
    field: 'hold_reason',
    label: 'On hold reason',
    when: onHold,
    why: 'an incident On Hold needs its reason',
  },
  {
    field: 'close_code',
    label: 'Resolution code',
    when: finished,
    why: 'a resolved or closed incident needs it',
  },
  {
    field: 'close_notes',
    label: 'Resolution notes',
    when: finished,
    why: 'a resolved or closed incident needs them',
  },
]

const unmappedMembers = [
  'created_at',
  'updated_at',
  'sn_sys_id',
  'sn_number',
  'sn_last_sync_at',
  'sn_sync_status',
  'sn_last_error',
]

export interface CopilotMapperOptions<Ticket extends CopilotTicket = CopilotTicket> {
  /** A rule in place of the preset's line of that name; null takes the line out. */
  overrides?: { readonly [Name in CopilotRuleName]?: Rule<Ticket, FieldOf<typeof incidentTable>> | null }
  /** Further lines. They are written after the preset's. */
  rules?: Readonly<Record<string, Rule<Ticket, FieldOf<typeof incidentTable>>>>
  /** In place of hold reason, close code and close notes. */
  demands?: readonly Demand<FieldOf<typeof incidentTable>>[]
}

/**
 * The help desk's mapper. A cut subject is kept in full in the description, AI suggestions are a section of it, the requester is looked
 * up by e-mail, and the ticket's id stands in the first work note and in `correlation_id`.
 *
 * Throws MappingError for a declaration that cannot be meant so, and when writing for a key over 100 characters. Priority 5 (Planning) reads
 * as `low` and state 8 (Canceled) as `closed`; a patch changes neither as long as the ticket still says so.
 *
 * @example
 * const mapper = copilotMapper()
 * mapper.toRecord({ id: 7, subject: 'VPN', priority: 'high', status: 'open' }).fields
 * // { short_description: 'VPN', priority: '2', impact: '2', urgency: '1', category: 'software', state: '1',
 * //   correlation_id: 'copilot:7:1', correlation_display: 'Copilot' }
 */
export function copilotMapper<Ticket extends CopilotTicket = CopilotTicket>(
  options: CopilotMapperOptions<Ticket> = {},
): Mapper<Ticket, CopilotRuleName, CopilotSettings> {
  const rules = new Map<string, unknown>(Object.entries(copilotRules))
  for (const [name, rule] of ownEntries('incident', 'The overrides', options.overrides ?? {})) {
    if (rule === null) rules.delete(name)
    else if (rule !== undefined) rules.set(name, rule)
  }
  for (const [name, rule] of ownEntries('incident', 'The rules', options.rules ?? {})) rules.set(name, rule)
  const declaration = {
    table: incidentTable,
    rules: Object.fromEntries(rules),
    demands: options.demands ?? copilotDemands,
    ignore: { ticket: unmappedMembers },
    locked: ['correlation_id', 'correlation_display'],
  }
  return createMapper(declaration as AnyDeclaration)
}
