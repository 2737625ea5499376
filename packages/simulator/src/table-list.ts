/** The list of the Table API: filter, page, count, `Link`, and what access rules and the quota leave of it. */

import type { Principal } from './acl.ts'
import { type Answer, failures, lentJson } from './answer.ts'
import { API_KEY_NAME } from './api-keys.ts'
import { ByteSink, type Lent } from './byte-sink.ts'
import type { Path } from './database.ts'
import { domainTest } from './domain.ts'
import { isOn } from './properties.ts'
import { type CompiledQuery, compileQuery } from './query/compile.ts'
import { select } from './query/select.ts'
import type { QueryContext } from './query/value.ts'
import { cancelledList, overrun } from './quota.ts'
import { type Call, isTrue, renderer, sightFor } from './table-call.ts'
import type { Row } from './table-store.ts'

/** `sysparm_limit` when the request names none. */
const DEFAULT_LIMIT = 10_000

function contextOf({ world, store, principal }: Call): QueryContext {
  return {
    database: world.database,
    table: store,
    asker: {
      nowMs: world.clock.now().getTime(),
      zone: principal.zone,
      userId: principal.id,
      userName: principal.userName,
    },
    right: (path, ranged) => rightTo(path, ranged, world, principal),
  }
}

/**
 * What becomes of a part of a query over a column. Rights to query are the rights to read, unless a rule says otherwise
 * (query-acl-rule); an instance that enforces them refuses the whole query (`glide.export.query.enforce_field_acl`).
 */
function rightTo(
  path: Path,
  ranged: boolean,
  { access, database }: Call['world'],
  principal: Principal,
): 'ignored' | 'forbidden' | undefined {
  const { owner, field } = path
  const rule = access.rights.range(principal.userName, access.line(owner.definition), field.name)
  if (access.reads(principal, path)) return ranged ? rule : undefined
  const enforced = rule === 'forbidden' || isOn(database, 'glide.export.query.enforce_field_acl')
  return enforced ? 'forbidden' : 'ignored'
}

/** Plain `name=value` parameters as a filter; choices and references are also found by what people see. */
function plainFilter({ url, store, world }: Call): string {
  const terms: string[] = []
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('sysparm_') || name === API_KEY_NAME) continue
    const at = store.column(name.split('.')[0] ?? name)
    const field = at === undefined ? undefined : store.fields[at]
    const label = field?.choices?.find((choice) => choice.label === value)?.value
    const target =
      field?.reference === undefined || name.includes('.') ? undefined : world.database.table(field.reference)
    const named = target?.lookup(target.definition.display, value)?.[0]?.id
    terms.push(`${name}=${(label ?? named ?? value).replaceAll('^', '^^')}`)
  }
  return terms.join('^')
}

/** The numbers of a Java server end here. */
const GREATEST = 2_147_483_647

function numberOf(text: string | null): number | undefined {
  return text !== null && /^-?\d+$/.test(text) ? Math.min(GREATEST, Number(text)) : undefined
}

/** The `Link` header with its quirks: a `prev` with a negative offset on page one, nothing when one page holds all. */
function linkHeader({ url }: Call, offset: number, limit: number, total: number): string | undefined {
  if (offset <= 0 && total <= limit) return undefined
  const rest = new URLSearchParams(url.searchParams)
  rest.delete('sysparm_offset')
  rest.delete('sysparm_limit')
  const others = rest.size === 0 ? '' : `${rest.toString().replaceAll('+', '%20')}&`
  const path = url.origin + url.pathname.replace(/\/$/, '')
  const link = (rel: string, at: number): string =>
    `<${path}?${others}sysparm_limit=${limit}&sysparm_offset=${at}>;rel="${rel}"`
  const links = [link('first', 0), link('prev', offset - limit)]
  if (offset + limit < total) links.push(link('next', offset + limit))
  links.push(link('last', Math.floor(Math.max(0, total - 1) / limit) * limit))
  return links.join(',')
}

/** One page of a list, before access rules have dropped rows of it. */
export interface Page {
  readonly rows: readonly Row[]
  readonly total: number
  /** `X-Total-Count` and `Link`. */
  readonly headers: Readonly<Record<string, string>>
}

/** The query of a request; `refused` when one of its parts cannot be read and the instance is strict about that. */
export function readQuery(call: Call): CompiledQuery & { readonly refused: boolean } {
  const encoded = call.url.searchParams.get('sysparm_query') ?? plainFilter(call)
  const query = compileQuery(encoded, contextOf(call))
  const refused = query.dropped.length > 0 && isOn(call.world.database, 'glide.invalid_query.returns_no_rows')
  const own = domainTest(call.store, call.principal, isTrue(call, 'sysparm_query_no_domain'))
  if (!own) return { ...query, refused }
  // Domains belong to the query itself: counts and offsets know nothing of the other ones.
  const test = (row: Row): boolean => own(row) && query.test(row)
  return { ...query, test, rest: [...query.rest, own], refused }
}

/** Reads the page a request asks for, or says why it cannot be read. */
export function readPage(call: Call, defaultLimit: number): Page | Answer {
  const { world, store, url } = call
  const { searchParams } = url
  const limitText = searchParams.get('sysparm_limit')
  const limit = limitText === null ? defaultLimit : numberOf(limitText)
  if (limit === undefined || limit <= 0) return failures.badLimit()
  const offset = Math.max(0, numberOf(searchParams.get('sysparm_offset')) ?? 0)
  const query = readQuery(call)
  if (query.forbidden.length > 0) return failures.closedQuery(store.definition.name)
  const { rows, total } = query.refused
    ? { rows: [], total: 0 }
    : select(query, { offset, limit }, world.requestRandom())
  const headers: Record<string, string> = {}
  if (!isTrue(call, 'sysparm_no_count')) {
    headers['X-Total-Count'] = String(total)
    const link = isTrue(call, 'sysparm_suppress_pagination_header')
      ? undefined
      : linkHeader(call, offset, limit, total)
    if (link !== undefined) headers.Link = link
  }
  return { rows, total, headers }
}

/** Answers a GET without a sys_id. */
export function list(call: Call): Answer {
  const { world, store } = call
  const page = readPage(call, DEFAULT_LIMIT)
  if ('status' in page) return page
  const { rows, total, headers } = page
  if (call.version === 'v1' && total === 0) return failures.unknownRecord()
  // Access rules drop rows after the limit, so a page may be short or empty while the count stays.
  const sight = sightFor(call)
  const seenOf = (read: readonly Row[]): readonly Row[] => (sight ? read.filter(sight) : read)
  const over = overrun(world.limits.quota, store.definition.name, rows.length)
  if (over) return cancelledList(over, recordTexts(call, seenOf(rows.slice(0, over.rows))), headers)
  return lentJson(200, resultOf(call, seenOf(rows)), headers)
}

/** `{"result":[...]}` as bytes. */
function resultOf(call: Call, rows: readonly Row[]): Lent {
  const write = renderer(call)
  const sink = new ByteSink()
  sink.text('{"result":[')
  for (const [at, row] of rows.entries()) {
    if (at > 0) sink.text(',')
    write(row, sink)
  }
  sink.text(']}')
  return sink.lend()
}

/** Each record as JSON by itself. */
function recordTexts(call: Call, rows: readonly Row[]): string[] {
  const write = renderer(call)
  const sink = new ByteSink()
  return rows.map((row) => {
    write(row, sink)
    return sink.takeText()
  })
}
