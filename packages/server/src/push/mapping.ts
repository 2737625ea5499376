/** The mapping of tickets to incidents on one connection: what the mapper asks for is looked up, what the environment sets is handed in. */
import { allOf, type Client, encodeQuery, stampFromMs } from '@snowline/sdk'
import {
  type ChoiceOption,
  type CopilotSettings,
  type CopilotTicket,
  copilotMapper,
  type LookupAnswer,
  type LookupRequest,
  type MappingContext,
} from '@snowline/sdk/mapper'
import type { Clock } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import type { Ticket } from '../tickets/ticket-store.ts'

export const ticketMapper = copilotMapper()

/** The lines of the mapper that follow a change of status. */
export const statusRules = ['status', 'holdReason', 'closeCode', 'closeNotes'] as const

export type TicketMappingContext = MappingContext<CopilotSettings>

export interface Mapping {
  /** Choices and settings: what a change of status needs. Asks the instance at most once in ten minutes. */
  context(connection: Connection): Promise<TicketMappingContext>
  /** The same with the answers to what this ticket refers to. A look-up that fails counts as none. */
  fullContext(connection: Connection, ticket: Ticket): Promise<TicketMappingContext>
  /** What is known without asking anybody. */
  offline(): TicketMappingContext
}

export interface MappingOptions {
  clock: Clock
  installationId: string
  sn: Readonly<Record<string, string>>
}

const CHOICES_KEPT_MS = 600_000
/** A person waits while these are asked; what is not known by then counts as refused. */
const ASK_MS = 10_000
/** Choices of all fields together; no incident form has as many. */
const CHOICE_LIMIT = 2_000

export function createMapping({ clock, installationId, sn }: MappingOptions): Mapping {
  const kept = new WeakMap<Client, { atMs: number; choices: Promise<Choices | null> }>()
  const offline = (): TicketMappingContext => ({
    settings: {
      installationId,
      ...setting('defaultCaller', sn.SN_DEFAULT_CALLER_SYSID),
      ...setting('defaultAssignmentGroup', sn.SN_DEFAULT_ASSIGNMENT_GROUP_SYSID),
    },
    now: stampFromMs(clock.now()),
  })
  const choicesOf = async ({ client, table }: Connection): Promise<Choices | null> => {
    const known = kept.get(client)
    if (known !== undefined && clock.now() - known.atMs < CHOICES_KEPT_MS) return known.choices
    const choices = readChoices(client, table)
    kept.set(client, { atMs: clock.now(), choices })
    // What could not be read is asked for again.
    if ((await choices) === null) kept.delete(client)
    return choices
  }
  const context = async (connection: Connection): Promise<TicketMappingContext> => {
    const choices = await choicesOf(connection)
    return { ...offline(), ...(choices === null ? {} : { choices }) }
  }
  return {
    offline,
    context,
    async fullContext(connection, ticket) {
      const needs = ticketMapper.needs(mappable(ticket))
      const lookups = await Promise.all(needs.map((need) => lookUp(connection.client, need)))
      return { ...(await context(connection)), lookups }
    },
  }
}

/** A ticket as the mapper reads it. */
export function mappable(ticket: Ticket): CopilotTicket {
  return { ...ticket }
}

function setting(name: keyof CopilotSettings, value: string | undefined): CopilotSettings {
  return value === undefined || value.trim() === '' ? {} : { [name]: value.trim() }
}

type Choices = Readonly<Record<string, readonly ChoiceOption[]>>

/** Null when the instance does not let us read them. An empty list is no list: then every value would count as unknown. */
async function readChoices(client: Client, table: string): Promise<Choices | null> {
  const fields = ticketMapper.choiceFields
  const query = `nameIN${table},task^elementIN${fields.join(',')}^inactive=false^ORDERBYsys_id`
  try {
    const page = await client.table('sys_choice').page({
      query,
      limit: CHOICE_LIMIT,
      fields: ['name', 'element', 'value', 'label', 'inactive'],
      noCount: true,
      signal: AbortSignal.timeout(ASK_MS),
    })
    const choices: Record<string, ChoiceOption[]> = Object.create(null)
    for (const row of page.records) {
      const field = String(row.element ?? '')
      if (!fields.includes(field) || row.inactive === 'true') continue
      const option = { value: String(row.value ?? ''), label: String(row.label ?? '') }
      choices[field] = [...(choices[field] ?? []), option]
    }
    return choices
  } catch {
    return null
  }
}

/** The ids that match; rows that do not are an instance dropping a condition. */
async function lookUp(client: Client, need: LookupRequest): Promise<LookupAnswer> {
  const { table, by, value, where } = need
  const conditions = Object.entries({ [by]: value, ...where }).map(
    ([field, wanted]) => ({ kind: 'condition', field, operator: '=', value: wanted }) as const,
  )
  try {
    const page = await client.table(table).page({
      query: encodeQuery({ where: allOf(conditions), order: [{ field: 'sys_id', direction: 'asc' }] }),
      limit: 2,
      fields: ['sys_id', by],
      noCount: true,
      signal: AbortSignal.timeout(ASK_MS),
    })
    const found = page.records.filter((row) => String(row[by] ?? '').toLowerCase() === value.toLowerCase())
    return { table, by, value, found: found.map((row) => String(row.sys_id ?? '')) }
  } catch {
    return { table, by, value, found: 'refused' }
  }
}
