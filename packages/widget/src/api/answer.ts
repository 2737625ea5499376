/** From a Response to something typed: success bodies are checked for their named member, errors become `ApiError`. */
import type { ProblemCode } from '@snowline/protocol'
import { ApiError } from './api-error.ts'

export type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/**
 * The code of a problem that is really the server's (it says `success: false`); for anything else the best guess, since
 * a proxy in front of the server may answer for it. A code newer than this page behaves as an error without a panel of
 * its own, and the list of all codes need not be downloaded.
 */
function codeOf(body: Json | null, status: number): ProblemCode | 'unexpected_answer' {
  const code = text(body?.code)
  if (code !== null && body?.success === false) return code as ProblemCode
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  if (status === 429) return 'rate_limited'
  return 'unexpected_answer'
}

function retryAfter(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null
}

/** Reads one answer. Throws `ApiError`: the server's problem, or `unexpected_answer` when the body is not ours. */
export async function readAnswer(response: Response): Promise<Json> {
  const body: unknown = await response.json().catch(() => null)
  const json = isObject(body) ? body : null
  if (response.ok && json?.success === true) return json
  const message = text(json?.detail) ?? text(json?.message) ?? text(json?.error)
  throw new ApiError({
    code: response.ok ? 'unexpected_answer' : codeOf(json, response.status),
    status: response.status,
    message: message ?? `Unexpected answer with status ${response.status}`,
    hint: text(json?.hint),
    requestId: text(json?.requestId),
    retryAfterSeconds: retryAfter(response),
    cause: json,
  })
}

/** Checks that a named member is a list (or an object), so that a stranger's JSON is an error and not a broken page. */
export function requireMember(body: Json, member: string, kind: 'list' | 'object'): void {
  const value = body[member]
  if (kind === 'list' ? Array.isArray(value) : isObject(value)) return
  throw new ApiError({ code: 'unexpected_answer', status: 200, message: `The answer has no ${member}` })
}
