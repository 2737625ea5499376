/** Aggregates of a table, worked out by the instance (`/api/now/stats`); loaded with the first one. */
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import type { QueryField, Where } from '../query/query.ts'
import { toQuery } from '../query/query.ts'
import { checkField } from '../query/text.ts'
import type { KindOf } from '../tables/tables.ts'
import type { CallOptions } from './write-options.ts'

/** Which fields are worked out in which way; each by its own list. */
export interface AggregateFields<R> {
  avg?: readonly QueryField<R>[]
  sum?: readonly QueryField<R>[]
  min?: readonly QueryField<R>[]
  max?: readonly QueryField<R>[]
}

type Measure = 'avg' | 'sum' | 'min' | 'max' | 'count'

/**
 * What to work out, over which rows, in which groups. Nothing is sent that the instance would not answer: QueryError when neither a count nor
 * a field is asked for. Example: `{ avg: ['reassignment_count'], groupBy: ['state'], where: { active: true } }`.
 */
export interface AggregateOptions<R, G extends string> {
  /** Rows of the table or group; default true. */
  count?: boolean
  /** Which rows count; default all of the table. An order in it is left out. */
  where?: Where<R>
  /** One row for each combination of these fields; without it the whole table is one row. */
  groupBy?: readonly G[]
  /** Only groups whose measure compares so. Example: `{ measure: 'count', field: 'state', operator: '>', value: 3 }` is `count^state^>^3`. */
  having?: readonly { measure: Measure; field: QueryField<R>; operator: HavingOperator; value: number }[]
  /** The order of the groups: by a field of theirs, or by a measure of a field; ascending by default. */
  orderBy?: readonly { field: QueryField<R>; measure?: Measure; direction?: 'asc' | 'desc' }[]
  /** Default false. True: the groups show display values. */
  displayValue?: boolean
}

/** How a group's measure is compared with a number in `having`. */
export type HavingOperator = '=' | '!=' | '>' | '>=' | '<' | '<='

type FieldsOf<A, K extends string> = A extends { readonly [P in K]: readonly (infer F extends string)[] }
  ? F
  : never

/**
 * The measures of the whole table, or of one group. An average or sum of nothing, and of a field the instance does not know, is null;
 * extremes are raw texts (a stamp in UTC, a number). Averages have the four decimals an instance gives.
 */
export interface Measures<A> {
  /** Null when it was not asked for. */
  count: number | null
  avg: { [F in FieldsOf<A, 'avg'>]: number | null }
  sum: { [F in FieldsOf<A, 'sum'>]: number | null }
  min: { [F in FieldsOf<A, 'min'>]: string | null }
  max: { [F in FieldsOf<A, 'max'>]: string | null }
}

/** One group: its fields' values, and its measures. */
export interface GroupMeasures<G extends string, A> extends Measures<A> {
  group: { [F in G]: string }
}

/** With `groupBy` a list of groups, else the measures of the table. */
export type Aggregate<G extends string, A> = [G] extends [never] ? Measures<A> : GroupMeasures<G, A>[]

interface Target {
  exchange: Exchange
  origin: string
  table: string
  kindOf: KindOf
}

const measures = ['avg', 'sum', 'min', 'max'] as const

/** Asks for aggregates. Throws QueryError when nothing is asked for, UnexpectedResponseError (`shape`) for an answer of another kind. */
export function readAggregate<R, G extends string, A extends AggregateFields<R>>(
  { exchange, origin, table, kindOf }: Target,
  options: AggregateOptions<R, G> & A,
  call: CallOptions,
): Promise<Completed<Aggregate<G, A>>> {
  const url = new URL(`/api/now/stats/${table}`, origin)
  for (const [name, value] of Object.entries(parameters(options, kindOf))) url.searchParams.set(name, value)
  const groupBy = options.groupBy ?? []
  return exchange.run({ method: 'GET', url, idempotent: true, ...call }, (accepted) => {
    const result = resultOf(accepted)
    const rows = groupBy.length === 0 ? [result] : result
    if (!Array.isArray(rows) || !rows.every(isObject)) throw wrongShape(accepted)
    const read = rows.map((row) => ({
      ...groupOf(row, groupBy, accepted),
      ...measuresOf(row, options, accepted),
    }))
    return (groupBy.length === 0 ? read[0] : read) as Aggregate<G, A>
  })
}

function parameters<R, G extends string>(
  options: AggregateOptions<R, G> & AggregateFields<R>,
  kindOf: KindOf,
): Record<string, string> {
  const query = encodeQuery({ where: toQuery<R>(options.where, kindOf).where, order: [] })
  const count = options.count ?? true
  const asked = measures.filter((measure) => (options[measure]?.length ?? 0) > 0)
  if (!count && asked.length === 0)
    throw new QueryError('An aggregate asks for a count or for at least one field.', {
      hint: 'Leave count out, or name fields in avg, sum, min or max.',
    })
  const { groupBy = [], having = [], orderBy = [], displayValue = false } = options
  return {
    ...(query === '' ? {} : { sysparm_query: query }),
    ...(count ? { sysparm_count: 'true' } : {}),
    ...Object.fromEntries(
      asked.map((measure) => [`sysparm_${measure}_fields`, joined(options[measure] ?? [])]),
    ),
    ...(groupBy.length === 0 ? {} : { sysparm_group_by: joined(groupBy) }),
    ...(having.length === 0 ? {} : { sysparm_having: having.map(writeHaving).join(',') }),
    ...(orderBy.length === 0 ? {} : { sysparm_order_by: orderBy.map(writeOrder).join(',') }),
    ...(displayValue ? { sysparm_display_value: 'true' } : {}),
  }
}

function joined(fields: readonly string[]): string {
  return fields.map(checkField).join(',')
}

function writeHaving({
  measure,
  field,
  operator,
  value,
}: {
  measure: Measure
  field: string
  operator: HavingOperator
  value: number
}): string {
  if (!Number.isFinite(value))
    throw new QueryError('A condition on a measure compares with a finite number.', {
      hint: 'Give having a number as its value.',
    })
  return `${measure}^${checkField(field)}^${operator}^${value}`
}

function writeOrder({
  field,
  measure,
  direction,
}: {
  field: string
  measure?: Measure
  direction?: 'asc' | 'desc'
}): string {
  const by = measure === undefined ? checkField(field) : `${measure.toUpperCase()}^${checkField(field)}`
  return direction === 'desc' ? `${by}^DESC` : by
}

function resultOf(accepted: Accepted): unknown {
  if (isObject(accepted.body) && isObject(accepted.body.result)) return accepted.body.result
  throw wrongShape(accepted)
}

function groupOf(row: Readonly<Record<string, unknown>>, groupBy: readonly string[], accepted: Accepted) {
  if (groupBy.length === 0) return {}
  if (!Array.isArray(row.groupby_fields)) throw wrongShape(accepted)
  const values = new Map(
    row.groupby_fields
      .filter(isObject)
      .map(({ field, value, display_value: shown }) => [field, shown ?? value]),
  )
  return { group: Object.fromEntries(groupBy.map((field) => [field, textOf(values.get(field)) ?? ''])) }
}

/** What was asked for and the answer does not hold (a field the instance does not know) is null. */
function measuresOf<R>(
  row: Readonly<Record<string, unknown>>,
  asked: AggregateFields<R> & { count?: boolean },
  accepted: Accepted,
) {
  const { stats } = row
  const counted = asked.count ?? true
  if (!isObject(stats)) throw wrongShape(accepted)
  const count = counted ? numberOf(stats.count) : null
  if (counted && count === null) throw wrongShape(accepted)
  return {
    count,
    avg: each(asked.avg, stats.avg, numberOf),
    sum: each(asked.sum, stats.sum, numberOf),
    min: each(asked.min, stats.min, textOf),
    max: each(asked.max, stats.max, textOf),
  }
}

function each<T>(
  fields: readonly string[] | undefined,
  values: unknown,
  read: (value: unknown) => T,
): Record<string, T> {
  const given = isObject(values) ? values : {}
  return Object.fromEntries((fields ?? []).map((field) => [field, read(given[field])]))
}

function numberOf(value: unknown): number | null {
  const text = textOf(value)
  return text === null || Number.isNaN(Number(text)) ? null : Number(text)
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null || value === '' ? null : String(value)
}

function wrongShape({ call }: Accepted): UnexpectedResponseError {
  return new UnexpectedResponseError('The answer holds no aggregates.', 'shape', call)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
