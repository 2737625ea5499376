/** One call of the Table API as its methods see it, and what they all ask of it. */
import type { Access, Principal } from './acl.ts'
import { parseJson } from './json-body.ts'
import type { Quota } from './quota.ts'
import type { Random } from './random.ts'
import { createRenderer, type RecordWriter } from './render.ts'
import { type Sight, sightOf } from './sight.ts'
import type { TableStore } from './table-store.ts'
import type { WriteContext } from './write.ts'

/** A request for the Table API, already signed in. */
export interface TableRequest {
  readonly method: string
  readonly url: URL
  /** `v1`, `v2`, or undefined for the latest. */
  readonly version: string | undefined
  readonly table: string
  readonly id: string | undefined
  readonly principal: Principal
  /** `X-no-response-body`. */
  readonly withoutBody: boolean
  /** The body's text; read only by writes. */
  readonly body: string
}

/** Limits that the Table API keeps while it works. */
export interface WorkLimits {
  quota: Quota | undefined
}

/** What the Table API works on. */
export interface TableWorld extends WriteContext {
  readonly access: Access
  readonly limits: WorkLimits
  /** The order of rows that no ORDERBY decides: new for each request. */
  requestRandom(): Random
}

/** A call and the table it is about. */
export interface Call extends TableRequest {
  readonly world: TableWorld
  readonly store: TableStore
}

/** The first object of a body, or `undefined` when it is no JSON object. */
export function bodyOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseJson(text === '' ? '{}' : text)
  const first: unknown = Array.isArray(parsed) ? parsed[0] : parsed
  return typeof first === 'object' && first !== null
    ? (first as Readonly<Record<string, unknown>>)
    : undefined
}

/** Whether a parameter is the word `true`. */
export function isTrue(call: TableRequest, name: string): boolean {
  return call.url.searchParams.get(name) === 'true'
}

/** Which rows of its table a call sees. */
export function sightFor(call: Call): Sight {
  const { world, principal, store, table } = call
  return sightOf({ world, principal, store, asked: table, crossing: isTrue(call, 'sysparm_query_no_domain') })
}

/** Everything before the table's name in the address that was asked. */
export function tableBase({ url, version }: TableRequest): string {
  return `${url.origin}/api/now${version === undefined ? '' : `/${version}`}/table`
}

/** The writer of records in the shape that was asked for. */
export function renderer({ world, store, ...call }: Call): RecordWriter {
  const { searchParams } = call.url
  const display = searchParams.get('sysparm_display_value')
  const fields = searchParams.get('sysparm_fields')
  const { views = {} } = store.definition
  const asked = searchParams.get('sysparm_view') ?? ''
  const view = Object.hasOwn(views, asked) ? views[asked] : undefined
  return createRenderer(world.database, store, {
    display: display === 'true' || display === 'all' ? display : 'false',
    excludeLinks: isTrue(call, 'sysparm_exclude_reference_link'),
    fields: fields
      ? fields
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean)
      : view,
    linkBase: tableBase(call),
    zone: call.principal.zone,
    dateFormat: call.principal.dateFormat,
    readable: (path) => world.access.reads(call.principal, path),
  })
}
