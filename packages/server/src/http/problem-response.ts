/** From a problem to its answer: `application/problem+json` with every member the contract names. */
import type { Problem } from '@snowline/protocol'
import { catalogue } from '../problem/catalogue.ts'
import type { ProblemError } from '../problem/problem-error.ts'

export interface ProblemContext {
  /** Path of the request. */
  instance: string
  requestId: string
  /** Prefix of our own pages. */
  basePath: string
}

/** The body of an error answer. */
export function problemBody(problem: ProblemError, context: ProblemContext): Problem {
  const { code, status, message, fields } = problem
  const hint = fields.hint ?? (code === 'internal' ? undefined : catalogue[code].fix)
  return {
    type: `${context.basePath}/docs/errors#${code}`,
    title: catalogue[code].title,
    status,
    detail: message,
    instance: context.instance,
    success: false,
    error: message,
    message,
    code,
    ...(hint === undefined ? {} : { hint }),
    requestId: context.requestId,
    ...(fields.errors === undefined ? {} : { errors: fields.errors }),
    ...(fields.runId === undefined ? {} : { runId: fields.runId }),
  }
}

/** The answer itself; 401 names the scheme, 429 and 503 say when to come back where that is known. */
export function problemResponse(problem: ProblemError, context: ProblemContext): Response {
  const headers = new Headers({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
  })
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer realm="snowline"')
  const { retryAfterSeconds } = problem.fields
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds))
  return new Response(JSON.stringify(problemBody(problem, context)), { status: problem.status, headers })
}
