/** A short way for tests to ask an instance as a client would: real requests, real answers. */
import type { Instance } from '../src/index.ts'

export const ORIGIN = 'https://dev00000.service-now.com'
export const AUTH = { authorization: `Basic ${btoa('admin:admin')}` }

export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; a body that is no JSON makes the test fail here. */
  json(): { result: never } & Record<string, unknown>
  /** `result` as a list of records. */
  rows(): Record<string, string>[]
  /** `result` as one record. */
  row(): Record<string, string>
}

export async function ask(
  instance: Instance,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Seen> {
  const response = await instance.fetch(
    new Request(`${ORIGIN}${path}`, {
      method,
      headers: { ...AUTH, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
  const text = await response.text()
  const json = () => JSON.parse(text) as { result: never } & Record<string, unknown>
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    rows: () => json().result as Record<string, string>[],
    row: () => json().result as Record<string, string>,
  }
}

export const INCIDENT = '/api/now/table/incident'

/** The path of a list with a query and more parameters. */
export function listPath(query: string, more: Readonly<Record<string, string>> = {}): string {
  return `${INCIDENT}?${new URLSearchParams({ sysparm_query: query, ...more })}`
}
