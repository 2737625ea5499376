/** The Aggregate API: `/api/now[/v1|/v2]/stats/{table}`, counts and measures of a query, whole or by group (servicenow.md 6). */
import { columnsOf, type Group, groupRows, having, orderGroups } from './aggregate-groups.ts'
import { type Answer, failures, json } from './answer.ts'
import { select } from './query/select.ts'
import { displayValue } from './render.ts'
import { belongs } from './sight.ts'
import { type Column, MEASURES, measure } from './statistic.ts'
import { type Call, isTrue, sightFor, type TableRequest, type TableWorld } from './table-call.ts'
import { readQuery } from './table-list.ts'
import type { Row } from './table-store.ts'

type Measures = Readonly<Record<(typeof MEASURES)[number], readonly Column[]>>

type Stats = Record<string, string | Record<string, string>>

function statsOf(call: Call, measures: Measures, { rows }: Group): Stats {
  const stats: Stats = {}
  if (isTrue(call, 'sysparm_count')) stats.count = String(rows.length)
  for (const what of MEASURES) {
    const found = measures[what].flatMap((column) => {
      const value = measure(what, rows, column)
      return value === undefined ? [] : [[column.name, value] as const]
    })
    if (found.length > 0) stats[what] = Object.fromEntries(found)
  }
  return stats
}

/** One grouping column of a group: its raw value, what people see, or both. */
function groupField(call: Call, { name, path }: Column, value: string): Record<string, string> {
  const display = call.url.searchParams.get('sysparm_display_value')
  const { zone, dateFormat } = call.principal
  const shown = (): string => displayValue(call.world.database, path.field, value, { zone, dateFormat })
  if (display === 'all') return { display_value: shown(), field: name, value }
  return { field: name, value: display === 'true' ? shown() : value }
}

/** Columns the caller may not read make the whole request fail: their numbers would tell what is in them. */
function closedColumn({ principal, world }: Call, columns: readonly Column[]): boolean {
  return columns.some(({ path }) => !world.access.reads(principal, path))
}

/**
 * The rows that count. GlideAggregate asks the database, which knows nothing of access rules on rows: hidden ones are
 * counted too. But rows of a class that is closed vanish from its parent (servicenow.md 3.10), and a group by its text
 * would tell a journal entry that nobody may read.
 */
function counted(call: Call, query: ReturnType<typeof readQuery>): readonly Row[] {
  const { world, store, principal } = call
  if (query.refused || !world.access.allows(principal, 'read', store.definition)) return []
  const all = { offset: 0, limit: Number.POSITIVE_INFINITY }
  const { rows } = select(query, all, world.requestRandom())
  const sight = belongs(store) ? sightFor(call) : undefined
  return sight ? rows.filter(sight) : rows
}

function answer(call: Call): Answer {
  const { store } = call
  const query = readQuery(call)
  const groupBy = columnsOf(call, 'sysparm_group_by')
  const columns = (what: (typeof MEASURES)[number]): Column[] => columnsOf(call, `sysparm_${what}_fields`)
  const measures: Measures = {
    avg: columns('avg'),
    min: columns('min'),
    max: columns('max'),
    sum: columns('sum'),
  }
  const asked = [...groupBy, ...MEASURES.flatMap((what) => measures[what])]
  if (query.forbidden.length > 0 || closedColumn(call, asked))
    return failures.closedQuery(store.definition.name)
  const rows = counted(call, query)
  if (groupBy.length === 0) {
    const [whole] = having(call, groupRows(rows, []))
    return json(200, JSON.stringify({ result: { stats: whole ? statsOf(call, measures, whole) : {} } }))
  }
  const groups = orderGroups(call, groupBy, having(call, groupRows(rows, groupBy)))
  const result = groups.map((group) => ({
    stats: statsOf(call, measures, group),
    groupby_fields: groupBy.map((column, at) => groupField(call, column, group.values[at] ?? '')),
  }))
  return json(200, JSON.stringify({ result }))
}

/**
 * Answers one request for numbers. All of them are texts. A table that the caller's roles do not open is 403, under its
 * parent it has no rows; rows hidden by an access rule are counted (the counts of the platform know no row rights,
 * servicenow.md 1.6).
 *
 * @example GET /api/now/stats/incident?sysparm_count=true // {"result":{"stats":{"count":"7"}}}
 */
export function aggregate(world: TableWorld, request: TableRequest): Answer {
  if (request.method !== 'GET') return failures.methodNotAllowed()
  world.commits.settle()
  const store = world.database.table(request.table)
  if (!store) return failures.unknownTable(request.table)
  const { access } = world
  const { principal, table } = request
  const own = table === store.definition.name && !access.allows(principal, 'read', store.definition)
  if (own || access.rights.table(principal.userName, table)) return failures.closedTable()
  return answer({ ...request, world, store })
}
