/** What `<sn-integrations>` asks the server: the integrations, their settings, their schedule, their runs. */
import { type HealthCheck, type IntegrationView, paths, type RunView } from '@snowline/protocol'
import { readAnswer, requireMember } from './answer.ts'
import { askPermissions } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { cursorOf, type Page, toSearch } from './page.ts'
import { type AskServer, createSend, type RequestOptions, type Send, toAskServer } from './request.ts'
import { runIdOf } from './sync-events.ts'

export interface IntegrationClient {
  /** For what is read as a stream. */
  send: Send
  permissions(signal?: AbortSignal): Promise<readonly string[]>
  list(signal?: AbortSignal): Promise<readonly IntegrationView[]>
  create(body: object): Promise<IntegrationView>
  /** Changes the named members only. */
  change(id: string, body: object): Promise<IntegrationView>
  remove(id: string): Promise<void>
  setPaused(id: string, paused: boolean): Promise<IntegrationView>
  /** What the checks of the stored settings found; null when the server has no such route. */
  test(id: string): Promise<readonly HealthCheck[] | null>
  /** Newest first. */
  runs(id: string, limit: number, cursor: string | null, signal?: AbortSignal): Promise<Page<RunView>>
  /** Starts a run, with `confirm` one that may also delete as much as it finds gone; the answer is the stream of its events. Throws `ApiError` with `sync_running` when one is under way. */
  sync(id: string, confirm?: boolean): Promise<{ runId: string; stream: Response }>
  cancel(runId: string): Promise<void>
}

/** A stream may take its time; the server ends it. */
const NO_LIMIT_MS = 2 ** 31 - 1

/** As `createApiClient`: throws `ApiError` everywhere. */
export function createIntegrationClient(options: RequestOptions): IntegrationClient {
  const send = createSend(options)
  const ask = toAskServer(send)
  const one = async (path: string, method: 'POST' | 'PATCH', body?: object): Promise<IntegrationView> => {
    const answer = await ask(path, { method, ...(body === undefined ? {} : { body }) })
    requireMember(answer, 'integration', 'object')
    return answer.integration as IntegrationView
  }
  return {
    send,
    permissions: (signal) => askPermissions(ask, signal),
    async list(signal) {
      const body = await ask(paths.integrations, { signal })
      requireMember(body, 'integrations', 'list')
      return body.integrations as readonly IntegrationView[]
    },
    create: (body) => one(paths.integrations, 'POST', body),
    change: (id, body) => one(paths.integration(id), 'PATCH', body),
    async remove(id) {
      await ask(paths.integration(id), { method: 'DELETE' })
    },
    setPaused: (id, paused) =>
      one(paused ? paths.pause(id) : paths.resume(id), 'POST', paused ? {} : undefined),
    async test(id) {
      try {
        const body = await ask(`${paths.integration(id)}/test`, { method: 'POST' })
        return Array.isArray(body.checks) ? body.checks : []
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return null
        throw error
      }
    },
    async runs(id, limit, cursor, signal) {
      const body = await ask(`${paths.runs(id)}?${toSearch({ limit, cursor })}`, { signal })
      requireMember(body, 'runs', 'list')
      return { items: body.runs as readonly RunView[], nextCursor: cursorOf(body) }
    },
    ...writesOfRuns(send, ask),
  }
}

function writesOfRuns(send: Send, ask: AskServer): Pick<IntegrationClient, 'sync' | 'cancel'> {
  return {
    async sync(id, confirm = false) {
      // `accept` stays JSON: then whatever stands in the way comes as a problem, and only a run as a stream.
      const stream = await send(paths.sync(id), {
        method: 'POST',
        timeoutMs: NO_LIMIT_MS,
        ...(confirm ? { body: { reconcile: true, confirm_deletes: true } } : {}),
      })
      const runId = runIdOf(stream.headers.get('location'))
      if (stream.ok && runId !== null) return { runId, stream }
      if (!stream.ok) await readAnswer(stream)
      throw new ApiError({
        code: 'unexpected_answer',
        status: stream.status,
        message: 'The answer names no run',
      })
    },
    async cancel(runId) {
      await ask(paths.run(runId), { method: 'DELETE' })
    },
  }
}
