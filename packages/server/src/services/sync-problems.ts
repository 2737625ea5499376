/** What waits for a person: conflicts, pushes that were given up, outcomes nobody knows; and the decision about one of them. */
import type {
  ProblemChoice,
  PushView,
  SkippedRecordView,
  SyncProblemList,
  SyncProblemView,
  TicketView,
} from '@snowline/protocol'
import { isSnowlineError } from '@snowline/sdk'
import type { OutboxEntry, SyncStore } from '@snowline/sdk/sync'
import type { Clock } from '../clock.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { Push } from '../push/push.ts'
import { standingOf } from '../push/standing.ts'
import type { TicketBooks, TicketStore } from '../tickets/ticket-store.ts'
import { openUrl } from '../views/incident-view.ts'
import { problemView, pushView, ticketView } from '../views/ticket-view.ts'
import { demandConnection } from './incidents.ts'
import type { By } from './tickets.ts'

export interface SyncProblems {
  /** Of the connection in use, oldest first; none while there is no connection. */
  list(): Promise<SyncProblemList>
  /** @throws ProblemError `not_found`, `conflict` when it waits for nobody any more, `already_linked`, `validation_failed` */
  resolve(id: string, choice: ProblemChoice, by: By): Promise<{ push: PushView; ticket: TicketView }>
}

export interface SyncProblemsOptions {
  tickets: TicketStore
  connections: Connections
  push: Push
  store: SyncStore
  clock: Clock
}

export function createSyncProblems(options: SyncProblemsOptions): SyncProblems {
  const { tickets, connections, push, store, clock } = options
  return {
    async list() {
      const resolution = await connections.resolve()
      if (!resolution.ready) return { success: true, problems: [], skipped: [] }
      const skipped = await skippedOf(store, resolution.connection)
      const entries = await tickets.outbox.problems(resolution.connection.mirror, clock.now())
      const problems: SyncProblemView[] = []
      for (const entry of entries) {
        const books = await tickets.readBooks(entry.ticket)
        if (books !== null && isProblem(books, entry)) problems.push(problemView(entry, books.ticket))
      }
      return { success: true, problems, skipped }
    },
    async resolve(id, choice, by) {
      const connection = demandConnection(await connections.resolve())
      const entry = await tickets.outbox.read(id)
      const books = entry === null ? null : await tickets.readBooks(entry.ticket)
      if (entry === null || books === null || entry.connection !== connection.mirror) {
        throw new ProblemError('not_found', 'No problem has this id.', { hint: 'List the problems again.' })
      }
      if (!isProblem(books, entry)) throw decidedAlready()
      demandChoice(books, entry, choice)
      const action = {
        action: 'problem.resolve',
        target: `ticket:${entry.ticket}`,
        after: { op: id, choice },
      }
      await tickets.change(entry.ticket, () => ({ audit: { actor: by.actor, entry: action } }))
      const resolved = await push.resolve(connection, entry, choice).catch(asProblem)
      if (resolved.state === 'pending') await push.firstTry(connection, id)
      const after = (await tickets.readBooks(entry.ticket)) ?? books
      const now = after.queue.find(({ opId }) => opId === id) ?? resolved
      return { push: pushView(now), ticket: ticketView(after.ticket, after.queue) }
    },
  }
}

/** Nothing can be decided about these here: somebody has to look at the record itself. */
async function skippedOf(store: SyncStore, connection: Connection): Promise<SkippedRecordView[]> {
  const state = await store.readState(connection.mirror)
  const { origin } = connection.client
  return (state?.skipped ?? []).map(({ sysId, u }) => ({
    sys_id: sysId,
    updated_on: `${u.replace(' ', 'T')}Z`,
    open_url: openUrl(origin, sysId),
  }))
}

/** What was made up for since, or dropped, is nobody's problem any more. */
function isProblem({ ticket, queue }: TicketBooks, { opId, state }: OutboxEntry): boolean {
  if (state === 'inflight') return true
  const { waiting, failed } = standingOf(queue, ticket.sn_sys_id !== null)
  return [...waiting, ...failed].some((each) => each.opId === opId)
}

function demandChoice({ ticket }: TicketBooks, entry: OutboxEntry, choice: ProblemChoice): void {
  const { choices } = problemView(entry, ticket)
  if (choices.length === 0) {
    throw new ProblemError('conflict', 'It may have arrived, and is looked up by itself.', {
      hint: 'Wait until the time that is shown.',
    })
  }
  if (!choices.includes(choice)) {
    throw validationFailed([{ path: 'choice', message: `must be one of ${choices.join(', ')}` }])
  }
  if (choice === 'resend' && entry.kind === 'create' && ticket.sn_sys_id !== null) {
    throw new ProblemError('already_linked', 'The ticket is linked to an incident by now.', {
      hint: 'Drop it.',
    })
  }
}

function decidedAlready(): ProblemError {
  return new ProblemError('conflict', 'This waits for nobody any more.', { hint: 'List the problems again.' })
}

function asProblem(error: unknown): never {
  if (isSnowlineError(error) && error.code === 'push.not_a_problem') throw decidedAlready()
  throw error
}
