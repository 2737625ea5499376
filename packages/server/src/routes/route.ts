/** How a route is declared: method, path, permission (required by its type), schemas, handler. Everything else follows from it. */
import type { ProblemDetail } from '@snowline/protocol'
import type * as z from 'zod'
import type { Requirement } from '../auth/permissions.ts'
import type { Principal } from '../auth/principal.ts'
import type { Actor } from '../db/audit.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { Services } from '../services/services.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What the edge knows of a request before any schema has been asked. */
export interface RawRequest {
  request: Request
  url: URL
  params: Readonly<Record<string, string>>
  /** Parsed JSON; undefined when the body is empty. */
  body: unknown
  principal: Principal | null
  /** Who the audit log names. */
  actor: Actor
  requestId: string
  /** Network address of the caller, as far as it is known. */
  address: string
}

/** What a handler gets: everything checked, everything typed. */
export interface RouteRequest<Params, Query, Body, Caller> extends Omit<RawRequest, 'params' | 'principal'> {
  params: Params
  query: Query
  body: Body
  principal: Caller
}

export interface RouteFacts {
  method: Method
  /** With `:name` for its parameters. */
  path: string
  permission: Requirement
  /** One line for the documentation. */
  summary: string
  params?: z.ZodType
  query?: z.ZodType
  body?: z.ZodType
  /** The older door: not part of the documentation of new clients. */
  legacy?: boolean
  /** Served beside the API: pages and files, left out of the documentation. */
  page?: boolean
}

/** A route as the app mounts it. */
export interface Route extends RouteFacts {
  handle(raw: RawRequest, services: Services): Promise<Response>
}

type Shape<S, Otherwise> = S extends z.ZodType ? z.output<S> : Otherwise

export interface RouteDeclaration<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
  R extends Requirement,
> extends Omit<RouteFacts, 'params' | 'query' | 'body' | 'permission'> {
  permission: R
  params?: P
  query?: Q
  body?: B
  handler(
    request: RouteRequest<
      Shape<P, Readonly<Record<string, string>>>,
      Shape<Q, Readonly<Record<string, never>>>,
      Shape<B, undefined>,
      R extends 'anonymous' ? Principal | null : Principal
    >,
    services: Services,
  ): Response | Promise<Response>
}

/**
 * Declares a route. Parameters that do not fit their schema are 404 (no such thing can exist), queries and bodies 422.
 *
 * @example defineRoute({ method: 'GET', path: '/api/integrations', permission: 'integration.view', summary: 'List', handler })
 */
export function defineRoute<
  R extends Requirement,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(declaration: RouteDeclaration<P, Q, B, R>): Route {
  const { handler, ...facts } = declaration
  return {
    ...facts,
    async handle(raw, services) {
      const params = facts.params === undefined ? raw.params : readParams(facts.params, raw.params)
      const query = facts.query === undefined ? {} : readPart(facts.query, queryOf(raw.url))
      const body = facts.body === undefined ? undefined : readPart(facts.body, raw.body ?? {})
      // The schemas above made these shapes; the checker cannot see through the erased declaration.
      const checked = { ...raw, params, query, body } as unknown as Parameters<typeof handler>[0]
      return handler(checked, services)
    },
  }
}

function readParams(schema: z.ZodType, params: unknown): unknown {
  const parsed = schema.safeParse(params)
  if (!parsed.success) throw new ProblemError('not_found', 'Nothing is at this address.')
  return parsed.data
}

/** What a schema makes of a query or a body. @throws ProblemError `validation_failed` naming every fault */
export function readPart<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw validationFailed(parsed.error.issues.flatMap(details))
}

function details(issue: z.core.$ZodIssue): ProblemDetail[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: (path === '' ? key : `${path}.${key}`).slice(0, 200),
      message: 'is not a member of this body or query',
    }))
  }
  return [{ path: path.slice(0, 200), message: messageOf(issue) }]
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
}

/** A schema's own words stand; what it says by itself of a wrong type is for programmers. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input: expected'))
    return issue.message
  if (issue.message.endsWith('received undefined')) return 'is required'
  return `must be ${typeWords[issue.expected] ?? `of the type ${issue.expected}`}`
}

/** A name given twice becomes a list, which no schema of ours takes. */
function queryOf(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null)
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name)
    query[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return { ...query }
}
