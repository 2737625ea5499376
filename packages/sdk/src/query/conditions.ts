/** The tree of an encoded query: conditions joined by AND, OR and new-query blocks, and the order of the rows. */

/** Operators that take one value. */
export const scalarOperators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'STARTSWITH',
  'ENDSWITH',
  'LIKE',
  'NOT LIKE',
  'INSTANCEOF',
  'DYNAMIC',
  'IN_HIERARCHY',
  'IN_HIERARCHY_DYNAMIC',
  'SAMEAS',
  'NSAMEAS',
  'GT_FIELD',
  'LT_FIELD',
  'GT_OR_EQUALS_FIELD',
  'LT_OR_EQUALS_FIELD',
] as const
/** Operators that take a list of values. */
export const listOperators = ['IN', 'NOT IN'] as const
/** Operators whose parts are joined by `@`. */
export const partsOperators = [
  'BETWEEN',
  'ON',
  'NOTON',
  'DATEPART',
  'RELATIVEGT',
  'RELATIVEGE',
  'RELATIVELT',
  'RELATIVELE',
  'RELATIVEEE',
  'MORETHAN',
  'LESSTHAN',
] as const
/** Operators that take no value. */
export const unaryOperators = ['ISEMPTY', 'ISNOTEMPTY', 'EMPTYSTRING', 'ANYTHING'] as const

export type ScalarOperator = (typeof scalarOperators)[number]
export type ListOperator = (typeof listOperators)[number]
export type PartsOperator = (typeof partsOperators)[number]
export type UnaryOperator = (typeof unaryOperators)[number]
/** Every operator of an encoded query that has meaning in a filter over REST, in its usual spelling. */
export type Operator = ScalarOperator | ListOperator | PartsOperator | UnaryOperator

/** One comparison. `value` is one text, the members of a list, the parts between `@`, or `''` for operators without a value. */
export interface Condition {
  readonly kind: 'condition'
  readonly field: string
  readonly operator: Operator
  readonly value: string | readonly string[]
  /** The value holds a script for the instance: one of its date helpers, or other code. Absent for plain values. */
  readonly script?: 'date' | 'code'
}

/** All terms hold. */
export interface And {
  readonly kind: 'and'
  readonly terms: readonly QueryNode[]
}

/** At least one term holds. */
export interface Or {
  readonly kind: 'or'
  readonly terms: readonly QueryNode[]
}

/** At least one block holds; written with `^NQ`, which binds weaker than everything else. */
export interface NewQuery {
  readonly kind: 'newQuery'
  readonly blocks: readonly QueryNode[]
}

/** A condition, or conditions joined. Example: `{ kind: 'condition', field: 'state', operator: 'IN', value: ['1', '2'] }`. */
export type QueryNode = Condition | And | Or | NewQuery

/** One column the rows are ordered by. Example: `{ field: 'sys_updated_on', direction: 'desc' }` is `ORDERBYDESCsys_updated_on`. */
export interface QueryOrder {
  readonly field: string
  readonly direction: 'asc' | 'desc'
}

/** A whole query. `where: null` asks for every row. */
export interface QueryTree {
  readonly where: QueryNode | null
  readonly order: readonly QueryOrder[]
}

/**
 * All of the nodes: flat, and without a wrapper around a single one. Null when there is none; null members are left out. Example:
 * `allOf([parseQuery('a=1').where, null])` is the condition `a=1` itself.
 */
export function allOf(nodes: readonly (QueryNode | null)[]): QueryNode | null {
  const terms = nodes
    .filter((node) => node !== null)
    .flatMap((node) => (node.kind === 'and' ? node.terms : [node]))
  const [first] = terms
  if (first === undefined) return null
  return terms.length === 1 ? first : { kind: 'and', terms }
}

/**
 * Any of the nodes: flat, and without a wrapper around a single one. Null when there is none; null members are left out. Example:
 * `anyOf([parseQuery('a=1').where, parseQuery('b=2').where])` is written `a=1^ORb=2`.
 */
export function anyOf(nodes: readonly (QueryNode | null)[]): QueryNode | null {
  const terms = nodes
    .filter((node) => node !== null)
    .flatMap((node) => (node.kind === 'or' ? node.terms : [node]))
  const [first] = terms
  if (first === undefined) return null
  return terms.length === 1 ? first : { kind: 'or', terms }
}

/**
 * Every condition of the tree, in the order they are written: what a caller vets. Empty for null. Example:
 * `conditionsOf(parseQuery('a=1^ORb=2').where).map(({ field }) => field)` is `['a', 'b']`.
 */
export function conditionsOf(node: QueryNode | null): Condition[] {
  if (node === null) return []
  if (node.kind === 'condition') return [node]
  return (node.kind === 'newQuery' ? node.blocks : node.terms).flatMap(conditionsOf)
}

/** True when the tree holds a new-query block anywhere. Example: `hasNewQuery(parseQuery('a=1^NQb=2').where)` is `true`. */
export function hasNewQuery(node: QueryNode | null): boolean {
  if (node === null || node.kind === 'condition') return false
  return node.kind === 'newQuery' || node.terms.some(hasNewQuery)
}
