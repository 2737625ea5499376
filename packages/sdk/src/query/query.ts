/** The immutable query builder: typed by the record of its table, every step a new query. */
import { QueryError } from '../base/errors.ts'
import type { FieldInput } from '../tables/fields.ts'
import { encodeField } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'
import type {
  Condition,
  ListOperator,
  PartsOperator,
  QueryNode,
  QueryOrder,
  QueryTree,
  ScalarOperator,
} from './conditions.ts'
import { allOf, anyOf } from './conditions.ts'
import { encodeQuery } from './encode.ts'
import { parseQuery } from './parse.ts'
import type { DateHelper } from './scripts.ts'
import { checkField } from './text.ts'

/** Fields of a record, dot-walks from them, and custom fields (`u_*`, `x_*`). */
export type QueryField<R> =
  | (keyof R & string)
  | `${keyof R & string}.${string}`
  | `u_${string}`
  | `x_${string}`

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
}

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
    const none = (operator: 'ISEMPTY' | 'ISNOTEMPTY' | 'EMPTYSTRING') =>
      this.#and({ kind: 'condition', field, operator, value: '' })
    const text = (operator: ScalarOperator, value: string) =>
      this.#and({ kind: 'condition', field, operator, value })
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
    if (alternatives.length === 0) throw new QueryError('anyOf() needs at least one alternative.')
    return this.#and(anyOf(alternatives.map((build) => this.#part(build, 'anyOf'))))
  }

  /** Opens another block with `^NQ`: rows that match what stands so far, or what the callback builds. Prefer anyOf(), which needs no `^NQ`. */
  newQuery(build: WhereBuilder<R>): Query<R> {
    if (this.where === null) throw new QueryError('newQuery() needs conditions before it.')
    const blocks = this.where.kind === 'newQuery' ? this.where.blocks : [this.where]
    return this.#with({ kind: 'newQuery', blocks: [...blocks, this.#part(build, 'newQuery')] })
  }

  orderBy(field: QueryField<R>): Query<R> {
    return this.#ordered(field, 'asc')
  }

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
    const built = build(new Query<R>(undefined, this.#kindOf))
    if (built.order.length > 0)
      throw new QueryError(`An order belongs to the whole query, not into ${name}().`)
    if (built.where === null)
      throw new QueryError(`A part of ${name}() holds no condition and would match every row.`)
    return built.where
  }

  #equality(field: string, value: QueryValue | readonly QueryValue[] | null): QueryNode {
    if (value === null) return { kind: 'condition', field, operator: 'ISEMPTY', value: '' }
    return isList(value)
      ? toCondition(field, 'IN', value, this.#kindOf, true)
      : toCondition(field, '=', [value], this.#kindOf, false)
  }
}

/** An empty query. Example: `query<IncidentRecord>().field('active').eq(true).orderByDesc('sys_updated_on')`. */
export function query<R = { [field: string]: string }>(): Query<R> {
  return new Query<R>()
}

/**
 * The one door for query text written by hand. It is read into the tree, so that it can be joined with other conditions; scripts are
 * taken as they are. Throws QueryError for what {@link parseQuery} refuses.
 */
export function rawQuery<R = { [field: string]: string }>(text: string): Query<R> {
  return new Query<R>(parseQuery(text))
}

/** The query that conditions in any form stand for. */
export function toQuery<R>(where: Where<R> | undefined, kindOf: KindOf): Query<R> {
  if (where === undefined) return new Query<R>(undefined, kindOf)
  if (where instanceof Query) return where
  const empty = new Query<R>(undefined, kindOf)
  return typeof where === 'function' ? where(empty) : empty.matching(where)
}

function isList(value: QueryValue | readonly QueryValue[]): value is readonly QueryValue[] {
  return Array.isArray(value)
}

function toCondition(
  field: string,
  operator: Condition['operator'],
  values: readonly QueryValue[],
  kindOf: KindOf,
  many: boolean,
): Condition {
  const texts = values.map((value) => (isHelper(value) ? value.text : encodeField(kindOf(field), value)))
  const script = values.some(isHelper) ? ({ script: 'date' } as const) : {}
  return { kind: 'condition', field, operator, value: many ? texts : (texts[0] ?? ''), ...script }
}

function isHelper(value: QueryValue): value is DateHelper {
  return typeof value === 'object' && 'kind' in value && value.kind === 'date-helper'
}
