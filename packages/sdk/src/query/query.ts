/** The immutable query builder: typed by the record of its table, every step a new query. */
import { QueryError } from '../base/errors.ts'
import type { openColumns } from '../tables/define-table.ts'
import type { FieldInput } from '../tables/fields.ts'
import { encodeField, valueFault } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'
import type {
  Condition,
  ListOperator,
  PartsOperator,
  QueryNode,
  QueryOrder,
  QueryTree,
  ScalarOperator,
  UnaryOperator,
} from './conditions.ts'
import { allOf, anyOf } from './conditions.ts'
import { encodeQuery } from './encode.ts'
import { parseQuery } from './parse.ts'
import type { DateHelper } from './scripts.ts'
import { datePartParts, dayParts, isDateHelper } from './scripts.ts'
import { checkField } from './text.ts'

/** Custom fields, where the record type does not know every column: the built-in ones do not, generated ones do. */
export type CustomField<R> = typeof openColumns extends keyof R ? `u_${string}` | `x_${string}` : never

/** The fields a dot-walk may begin with: references, also those of unknown custom fields. */
type Walkable<R> = { [K in keyof R & string]: '__table' extends keyof R[K] ? K : never }[keyof R & string]

/** Fields of a record, dot-walks from its references, and custom fields (`u_*`, `x_*`) of a record type that is not generated. */
export type QueryField<R> = (keyof R & string) | `${Walkable<R>}.${string}` | CustomField<R>

/** What a condition compares with. */
export type QueryValue = Exclude<FieldInput, null> | DateHelper

/** The object form: equality, a list as IN, `null` as "is empty". A member that is `undefined` is left out. */
export type WhereObject<R> = {
  readonly [F in QueryField<R>]?: QueryValue | readonly QueryValue[] | null | undefined
}

/** The builder's callback. */
export type WhereBuilder<R> = (query: Query<R>) => Query<R>

/** Every form in which conditions may be given. */
export type Where<R> = WhereObject<R> | WhereBuilder<R> | Query<R>

const unknownKind: KindOf = () => undefined

/** The comparisons of one field; each gives the query with that condition added by AND. */
export interface FieldConditions<R> {
  eq(value: QueryValue): Query<R>
  /** Also matches an empty field. */
  ne(value: QueryValue): Query<R>
  lt(value: QueryValue): Query<R>
  lte(value: QueryValue): Query<R>
  gt(value: QueryValue): Query<R>
  gte(value: QueryValue): Query<R>
  /** Throws QueryError for an empty list and for a member with a comma. */
  in(values: readonly QueryValue[]): Query<R>
  notIn(values: readonly QueryValue[]): Query<R>
  contains(text: string): Query<R>
  notContains(text: string): Query<R>
  startsWith(text: string): Query<R>
  endsWith(text: string): Query<R>
  isEmpty(): Query<R>
  isNotEmpty(): Query<R>
  /** Empty but not NULL. */
  isEmptyString(): Query<R>
  /** Inclusive at both ends. Throws QueryError for a value with an `@`. */
  between(from: QueryValue, to: QueryValue): Query<R>
  sameAs(field: QueryField<R>): Query<R>
  notSameAs(field: QueryField<R>): Query<R>
  gtField(field: QueryField<R>): Query<R>
  ltField(field: QueryField<R>): Query<R>
  gteField(field: QueryField<R>): Query<R>
  lteField(field: QueryField<R>): Query<R>
  /** On `sys_class_name`: the class or one that extends it. */
  instanceOf(table: string): Query<R>
  /** A dynamic filter option by its sys_id. */
  dynamic(sysId: string): Query<R>
  /** On a reference to a tree (a location, a group): the record or one below it. */
  inHierarchy(sysId: string): Query<R>
  /** The same, of the record a dynamic filter option stands for. */
  inHierarchyDynamic(sysId: string): Query<R>
  /** Every row, also with an empty field; an instance's filters hold it for a field nobody restricted. */
  anything(): Query<R>
  /** Within a period (`Today`, `LastWeek`, `Last30Days`) or on a day (`2026-01-31`), in the time zone of the user who asks. */
  on(day: string): Query<R>
  notOn(day: string): Query<R>
  /** One part of the date, in that zone. Example: `datePart('dayofweek', 'monday')`; `comparison` is by default `EE`, equal. */
  datePart(part: DatePart, value: string, comparison?: 'EE' | 'GT' | 'GE' | 'LT' | 'LE'): Query<R>
  /** Compared with now, moved. Example: `relative('GT', 4, 'hour', 'ago')` is `RELATIVEGT@hour@ago@4`: within the last four hours. */
  relative(
    comparison: 'GT' | 'GE' | 'LT' | 'LE' | 'EE',
    count: number,
    unit: SpanUnit,
    side: 'ago' | 'ahead',
  ): Query<R>
  /** Further than so much before (or after) another date. Example: `moreThan(2, 'day', 'before', 'due_date')`. */
  moreThan(count: number, unit: SpanUnit, side: 'before' | 'after', field: QueryField<R>): Query<R>
  /** Before (or after) another date by less than so much. */
  lessThan(count: number, unit: SpanUnit, side: 'before' | 'after', field: QueryField<R>): Query<R>
}

/** What a distance in time is counted in. */
export type SpanUnit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A part of a date an instance can compare. */
export type DatePart = 'dayofweek' | 'month' | 'quarter' | 'year' | 'hour'

/** A query: conditions joined by AND, and an order. Immutable; `toString()` gives the encoded query. */
export class Query<R = { [field: string]: string }> implements QueryTree {
  readonly where: QueryNode | null
  readonly order: readonly QueryOrder[]
  readonly #kindOf: KindOf

  constructor(tree: QueryTree = { where: null, order: [] }, kindOf: KindOf = unknownKind) {
    this.where = tree.where
    this.order = tree.order
    this.#kindOf = kindOf
  }

  /** The comparisons of a field. Example: `query().field('state').in(['1', '2']).toString()` is `'stateIN1,2'`. */
  field(name: QueryField<R>): FieldConditions<R> {
    const field = checkField(name)
    const one = (operator: ScalarOperator, value: QueryValue) =>
      this.#and(toCondition(field, operator, [value], this.#kindOf, false))
    const many = (operator: ListOperator | PartsOperator, values: readonly QueryValue[]) =>
      this.#and(toCondition(field, operator, values, this.#kindOf, true))
    const none = (operator: UnaryOperator) => this.#and({ kind: 'condition', field, operator, value: '' })
    const text = (operator: ScalarOperator, value: string) =>
      typeof value === 'string'
        ? this.#and({ kind: 'condition', field, operator, value })
        : one(operator, value)
    const parts = (operator: PartsOperator, value: readonly string[]) =>
      this.#and({ kind: 'condition', field, operator, value, ...dated(value) })
    const span = (operator: PartsOperator, other: string, count: number, unit: SpanUnit, side: string) =>
      parts(operator, [other, unit, side, encodeCount(field, count)])
    return {
      eq: (value) => one('=', value),
      ne: (value) => one('!=', value),
      lt: (value) => one('<', value),
      lte: (value) => one('<=', value),
      gt: (value) => one('>', value),
      gte: (value) => one('>=', value),
      in: (values) => many('IN', values),
      notIn: (values) => many('NOT IN', values),
      contains: (value) => text('LIKE', value),
      notContains: (value) => text('NOT LIKE', value),
      startsWith: (value) => text('STARTSWITH', value),
      endsWith: (value) => text('ENDSWITH', value),
      isEmpty: () => none('ISEMPTY'),
      isNotEmpty: () => none('ISNOTEMPTY'),
      isEmptyString: () => none('EMPTYSTRING'),
      between: (from, to) => many('BETWEEN', [from, to]),
      sameAs: (other) => text('SAMEAS', checkField(other)),
      notSameAs: (other) => text('NSAMEAS', checkField(other)),
      gtField: (other) => text('GT_FIELD', checkField(other)),
      ltField: (other) => text('LT_FIELD', checkField(other)),
      gteField: (other) => text('GT_OR_EQUALS_FIELD', checkField(other)),
      lteField: (other) => text('LT_OR_EQUALS_FIELD', checkField(other)),
      instanceOf: (table) => text('INSTANCEOF', checkField(table)),
      dynamic: (sysId) => text('DYNAMIC', sysId),
      inHierarchy: (sysId) => text('IN_HIERARCHY', sysId),
      inHierarchyDynamic: (sysId) => text('IN_HIERARCHY_DYNAMIC', sysId),
      anything: () => none('ANYTHING'),
      on: (day) => parts('ON', dayParts(day)),
      notOn: (day) => parts('NOTON', dayParts(day)),
      datePart: (name, value, comparison = 'EE') => parts('DATEPART', datePartParts(name, value, comparison)),
      relative: (comparison, count, unit, side) => span(`RELATIVE${comparison}`, '', count, unit, side),
      moreThan: (count, unit, side, other) => span('MORETHAN', checkField(other), count, unit, side),
      lessThan: (count, unit, side, other) => span('LESSTHAN', checkField(other), count, unit, side),
    }
  }

  /** Adds equality conditions. Example: `query().matching({ active: true, priority: ['1', '2'] })` is `active=true^priorityIN1,2`. */
  matching(where: WhereObject<R>): Query<R> {
    const nodes = Object.entries<WhereObject<R>[QueryField<R>]>(where).flatMap(([name, value]) =>
      value === undefined ? [] : [this.#equality(checkField(name), value)],
    )
    return this.#with(allOf([this.where, ...nodes]))
  }

  /** Adds "any of these": each callback starts from an empty query. Example: `query().anyOf(q => q.field('state').eq('1'), q => q.field('active').eq(false))`. */
  anyOf(...alternatives: readonly WhereBuilder<R>[]): Query<R> {
    if (alternatives.length === 0)
      throw new QueryError('anyOf() needs at least one alternative.', {
        hint: 'Leave it out when there is none.',
      })
    return this.#and(anyOf(alternatives.map((build) => this.#part(build, 'anyOf'))))
  }

  /** Opens another block with `^NQ`: rows that match what stands so far, or what the callback builds. Prefer anyOf(), which needs no `^NQ`. */
  newQuery(build: WhereBuilder<R>): Query<R> {
    if (this.where === null)
      throw new QueryError('newQuery() needs conditions before it.', {
        hint: 'Begin with those of the first block.',
      })
    const blocks = this.where.kind === 'newQuery' ? this.where.blocks : [this.where]
    return this.#with({ kind: 'newQuery', blocks: [...blocks, this.#part(build, 'newQuery')] })
  }

  /** Adds an ascending order behind those already given. Throws QueryError for a name that is none. Example: `ORDERBYnumber`. */
  orderBy(field: QueryField<R>): Query<R> {
    return this.#ordered(field, 'asc')
  }

  /** Adds a descending order behind those already given. Throws QueryError for a name that is none. Example: `ORDERBYDESCsys_updated_on`. */
  orderByDesc(field: QueryField<R>): Query<R> {
    return this.#ordered(field, 'desc')
  }

  /** The encoded query. Throws QueryError for what cannot be written. */
  toString(): string {
    return encodeQuery(this)
  }

  #and(node: QueryNode | null): Query<R> {
    return this.#with(allOf([this.where, node]))
  }

  #with(where: QueryNode | null): Query<R> {
    return new Query<R>({ where, order: this.order }, this.#kindOf)
  }

  #ordered(field: QueryField<R>, direction: 'asc' | 'desc'): Query<R> {
    return new Query<R>(
      { where: this.where, order: [...this.order, { field: checkField(field), direction }] },
      this.#kindOf,
    )
  }

  #part(build: WhereBuilder<R>, name: string): QueryNode {
    const built = builtBy(build, new Query<R>(undefined, this.#kindOf))
    if (built.order.length > 0)
      throw new QueryError(`An order belongs to the whole query, not into ${name}().`, {
        hint: 'Put orderBy() behind the last condition.',
      })
    if (built.where === null)
      throw new QueryError(`A part of ${name}() holds no condition and would match every row.`, {
        hint: 'Leave this part out, or give it a condition.',
      })
    return built.where
  }

  #equality(field: string, value: QueryValue | readonly QueryValue[] | null): QueryNode {
    if (value === null) return { kind: 'condition', field, operator: 'ISEMPTY', value: '' }
    return Array.isArray(value)
      ? toCondition(field, 'IN', value, this.#kindOf, true)
      : toCondition(field, '=', [value as QueryValue], this.#kindOf, false)
  }
}

/** An empty query. Example: `query<IncidentRecord>().field('active').eq(true).orderByDesc('sys_updated_on')`. */
export function query<R = { [field: string]: string }>(): Query<R> {
  return new Query<R>()
}

/**
 * The one door for query text written by hand. It is read into the tree, so that it can be joined with other conditions; scripts are
 * taken as they are. Throws QueryError for what {@link parseQuery} refuses.
 *
 * Example: `rawQuery('active=true^priorityIN1,2').orderBy('number').toString()` is `'active=true^priorityIN1,2^ORDERBYnumber'`.
 */
export function rawQuery<R = { [field: string]: string }>(text: string): Query<R> {
  return new Query<R>(parseQuery(text))
}

/** The query that conditions in any form stand for; null and undefined are none. Throws QueryError for what is no form of them. */
export function toQuery<R>(where: Where<R> | null | undefined, kindOf: KindOf): Query<R> {
  const empty = new Query<R>(undefined, kindOf)
  if (where === undefined || where === null) return empty
  if (where instanceof Query) return where
  if (typeof where === 'function') return builtBy(where, empty)
  if (Object.prototype.toString.call(where) === '[object Object]') return empty.matching(where)
  throw new QueryError(
    `Conditions cannot be given as ${Array.isArray(where) ? 'a list' : `a ${typeof where}`}.`,
    {
      hint: "Give an object such as { active: true }, a callback q => q.field('active').eq(true), or rawQuery('active=true') for a text.",
    },
  )
}

function builtBy<R>(build: WhereBuilder<R>, empty: Query<R>): Query<R> {
  const built: unknown = build(empty)
  if (built instanceof Query) return built
  throw new QueryError('The callback of a query gave no query.', {
    hint: "Return what was built: q => q.field('active').eq(true).",
  })
}

function toCondition(
  field: string,
  operator: Condition['operator'],
  values: readonly QueryValue[],
  kindOf: KindOf,
  many: boolean,
): Condition {
  if (!Array.isArray(values)) throw valueFault(field, 'no list', "Give a list, for example in(['1', '2']).")
  const texts = values.map((value) => (isHelper(value) ? value.text : textOf(kindOf, field, value)))
  const script = values.some(isHelper) ? ({ script: 'date' } as const) : {}
  return { kind: 'condition', field, operator, value: many ? texts : (texts[0] ?? ''), ...script }
}

function textOf(kindOf: KindOf, field: string, value: unknown): string {
  if (value === null) throw valueFault(field, 'null', 'Ask with isEmpty(), or with null in the object form.')
  if (Array.isArray(value)) throw valueFault(field, 'a list', 'Ask with in([...]) for any of several values.')
  return encodeField(kindOf(field), value as FieldInput, field)
}

function dated(parts: readonly string[]): { script?: 'date' } {
  return parts.some(isDateHelper) ? { script: 'date' } : {}
}

function encodeCount(field: string, count: number): string {
  if (Number.isInteger(count) && count >= 0 && count <= 999_999) return String(count)
  throw valueFault(field, 'no count', 'Count in whole numbers from 0 to 999999.')
}

function isHelper(value: unknown): value is DateHelper {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'date-helper'
}
