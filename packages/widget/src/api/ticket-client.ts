/** What `<sn-ticket>` asks the server: the link of one ticket, what would be sent, and the writes a person starts. */
import {
  type CreateAnswer,
  type HealthView,
  type ProblemChoice,
  type PushAnswer,
  type PushPreview,
  paths,
  type SyncProblemView,
  type TicketLinkView,
} from '@snowline/protocol'
import { requireMember } from './answer.ts'
import { askPermissions } from './api-client.ts'
import { type AskServer, createAskServer, type RequestOptions } from './request.ts'

/** Fields of the incident by name, as they are to be sent. */
export type Fields = Readonly<Record<string, string>>

export interface TicketClient {
  health(signal?: AbortSignal): Promise<HealthView>
  permissions(signal?: AbortSignal): Promise<readonly string[]>
  link(ticketId: string, signal?: AbortSignal): Promise<TicketLinkView>
  preview(ticketId: string, signal?: AbortSignal): Promise<PushPreview>
  /** What waits for a person about this ticket. */
  problems(ticketId: string, signal?: AbortSignal): Promise<readonly SyncProblemView[]>
  create(ticketId: string, fields: Fields): Promise<CreateAnswer>
  sync(sysId: string, ticketId: string, fields: Fields): Promise<PushAnswer>
  note(sysId: string, ticketId: string, text: string): Promise<PushAnswer>
  /** Links an existing incident by its number, or by its `sys_id`. */
  linkTo(ticketId: string, incident: string): Promise<void>
  unlink(ticketId: string): Promise<void>
  retry(ticketId: string): Promise<void>
  resolve(problemId: string, choice: ProblemChoice): Promise<void>
}

const SYS_ID = /^[0-9a-f]{32}$/i

/** As `createApiClient`: throws `ApiError` everywhere. */
export function createTicketClient(options: RequestOptions): TicketClient {
  const ask = createAskServer(options)
  return {
    health: async (signal) => (await ask(paths.health, { signal })) as unknown as HealthView,
    permissions: (signal) => askPermissions(ask, signal),
    async link(ticketId, signal) {
      const body = await ask(paths.ticketLink(ticketId), { signal })
      requireMember(body, 'ticket', 'object')
      requireMember(body, 'queue', 'list')
      return body as unknown as TicketLinkView
    },
    async preview(ticketId, signal) {
      const body = await ask(paths.ticketPreview(ticketId), { signal })
      requireMember(body, 'fields', 'object')
      return body as unknown as PushPreview
    },
    async problems(ticketId, signal) {
      const body = await ask(paths.problems, { signal })
      requireMember(body, 'problems', 'list')
      const problems = body.problems as readonly SyncProblemView[]
      return problems.filter((one) => one.ticket_id === ticketId)
    },
    ...writes(ask),
  }
}

function writes(
  ask: AskServer,
): Pick<TicketClient, 'create' | 'sync' | 'note' | 'linkTo' | 'unlink' | 'retry' | 'resolve'> {
  return {
    async create(ticketId, fields) {
      const body = Object.keys(fields).length > 0 ? { fields } : {}
      const answer = await ask(paths.createFromTicket(ticketId), { method: 'POST', body })
      requireMember(answer, 'ticket', 'object')
      return answer as unknown as CreateAnswer
    },
    async sync(sysId, ticketId, fields) {
      const body = Object.keys(fields).length > 0 ? { fields } : {}
      const answer = await ask(paths.syncTicket(sysId, ticketId), { method: 'PATCH', body })
      return answer as unknown as PushAnswer
    },
    async note(sysId, ticketId, text) {
      const body = { ticket_id: ticketId, text }
      return (await ask(paths.workNote(sysId), { method: 'POST', body })) as unknown as PushAnswer
    },
    async linkTo(ticketId, incident) {
      const body = SYS_ID.test(incident) ? { sys_id: incident.toLowerCase() } : { number: incident }
      await ask(paths.linkTicket(ticketId), { method: 'POST', body })
    },
    async unlink(ticketId) {
      await ask(paths.linkTicket(ticketId), { method: 'DELETE' })
    },
    async retry(ticketId) {
      await ask(paths.retryTicket(ticketId), { method: 'POST' })
    },
    async resolve(problemId, choice) {
      await ask(paths.resolveProblem(problemId), { method: 'POST', body: { choice } })
    },
  }
}
