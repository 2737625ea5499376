/** Reads an encoded query into blocks, groups and conditions; parts nobody can read are left out, as the real instance does. */

/** Operators with a meaning in a REST filter, in their first spelling. */
export type Operator = (typeof OPERATORS)[number]

/** One test of one field. */
export interface Condition {
  readonly field: string
  readonly operator: Operator
  readonly value: string
}

/** One key of the order. */
export interface OrderKey {
  readonly field: string
  readonly descending: boolean
}

/** A query as read: blocks are joined by OR (`^NQ`), the groups of a block by AND, the conditions of a group by OR. */
export interface EncodedQuery {
  readonly blocks: readonly (readonly (readonly Condition[])[])[]
  readonly order: readonly OrderKey[]
  /** The parts that were left out, as they were written. */
  readonly dropped: readonly string[]
}

const OPERATORS = [
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
  'IN',
  'NOT IN',
  'IN_HIERARCHY',
  'ISEMPTY',
  'ISNOTEMPTY',
  'EMPTYSTRING',
  'ANYTHING',
  'BETWEEN',
  'SAMEAS',
  'NSAMEAS',
  'GT_FIELD',
  'LT_FIELD',
  'GT_OR_EQUALS_FIELD',
  'LT_OR_EQUALS_FIELD',
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
  'DYNAMIC',
  'INSTANCEOF',
  'TEXTQUERY',
] as const

const ALIASES: readonly (readonly [string, Operator])[] = [
  ['CONTAINS', 'LIKE'],
  ['*', 'LIKE'],
  ['%', 'ENDSWITH'],
  ['NOTLIKE', 'NOT LIKE'],
  ['DOES NOT CONTAIN', 'NOT LIKE'],
  ['!*', 'NOT LIKE'],
  ['IN_HIERARCHY_DYNAMIC', 'IN_HIERARCHY'],
]

/** Spellings that are operators, but only of triggers, tags or disabled features: the condition is left out. */
const MEANINGLESS = ['VALCHANGES', 'CHANGESFROM', 'CHANGESTO', 'DOESNOTHAVE', 'EXCLUDING']

/** Longest first, so that `INSTANCEOF` is not read as `IN` with a value. */
const SPELLINGS: readonly (readonly [string, Operator | undefined])[] = [
  ...OPERATORS.filter((name) => name !== 'TEXTQUERY').map((name) => [name, name] as const),
  ...ALIASES,
  ...MEANINGLESS.map((name) => [name, undefined] as const),
].sort(([a], [b]) => b.length - a.length)

const FIELD = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*/
/** A name longer than this names nothing, and a regular expression is not to walk megabytes of it. */
const LONGEST_FIELD = 4000
const TEXT_SEARCH = '123TEXTQUERY321='

/** Cuts at single carets; a doubled caret is one literal caret (GlideStringUtil.escapeQueryTermSeparator). */
export function splitTerms(query: string): string[] {
  const terms: string[] = []
  let term = ''
  for (let at = 0; at < query.length; at++) {
    if (query[at] !== '^') term += query[at]
    else if (query[at + 1] === '^') {
      term += '^'
      at++
    } else {
      terms.push(term)
      term = ''
    }
  }
  terms.push(term)
  return terms
}

/** Reads `fieldOPERATORvalue`; `undefined` when no known operator follows a field name. */
export function parseCondition(term: string): Condition | undefined {
  if (term.startsWith(TEXT_SEARCH)) {
    return { field: '', operator: 'TEXTQUERY', value: term.slice(TEXT_SEARCH.length) }
  }
  const field = FIELD.exec(term.slice(0, LONGEST_FIELD))?.[0]
  if (field === undefined) return undefined
  const rest = term.slice(field.length).trimStart()
  const spelling = SPELLINGS.find(([name]) => rest.startsWith(name))
  if (!spelling?.[1]) return undefined
  return { field, operator: spelling[1], value: rest.slice(spelling[0].length) }
}

interface Reading {
  readonly blocks: { groups: Condition[][]; open: Condition[] | undefined }[]
  readonly order: OrderKey[]
  readonly dropped: string[]
}

function readOrder(reading: Reading, term: string): boolean {
  const match = /^ORDERBY(DESC)?(.*)$/.exec(term)
  if (!match) return false
  const field = (match[2] ?? '').trim()
  if (field.length <= LONGEST_FIELD && FIELD.exec(field)?.[0] === field)
    reading.order.push({ field, descending: match[1] !== undefined })
  else reading.dropped.push(term)
  return true
}

function readCondition(reading: Reading, term: string, joinsNeighbour: boolean): void {
  const block = reading.blocks.at(-1)
  if (!block) return
  // `^OR` binds the condition beside it, so it goes into the group that the last AND opened, even an emptied one.
  if (!joinsNeighbour || !block.open) {
    block.open = []
    block.groups.push(block.open)
  }
  const condition = parseCondition(term)
  if (condition) block.open.push(condition)
  else reading.dropped.push(term)
}

function readTerm(reading: Reading, written: string): void {
  let at = 0
  while (written.startsWith('NQ', at)) at += 2
  if (at > 0) reading.blocks.push({ groups: [], open: undefined })
  const term = written.slice(at)
  if (term === '' || term === 'EQ' || term.startsWith('GROUPBY')) return
  if (readOrder(reading, term)) return
  if (term.startsWith('OR')) readCondition(reading, term.slice(2), true)
  else readCondition(reading, term, false)
}

/** The opening word of a stretch about another table; `^OR` and `^NQ` before it say nothing. */
const STRETCH = /^(?:NQ|OR)?(RLQUERY|SUBQUERY)/

/**
 * Related lists and sub-queries are features that must be switched on; here they are off and the whole stretch is left
 * out, its conditions with it: they are not about this table.
 */
function withoutStretches(terms: readonly string[], dropped: string[]): string[] {
  const kept: string[] = []
  const open: string[] = []
  for (const term of terms) {
    const opens = STRETCH.exec(term)?.[1]
    if (opens !== undefined) open.push(`END${opens}`)
    if (open.length > 0) dropped.push(term)
    else kept.push(term)
    if (open.length > 0 && term.includes(open.at(-1) ?? '')) open.pop()
  }
  return kept
}

/**
 * Reads an encoded query. Nothing is thrown: what cannot be read is listed in `dropped` and has no effect.
 * Precedence (SDK guide of ServiceNow): `^OR` binds its neighbour, then `^`, then `^NQ`; ORDERBY belongs to the whole.
 *
 * @example parseEncodedQuery('a=1^b=2^ORc=3').blocks // [[[a=1], [b=2, c=3]]]
 */
export function parseEncodedQuery(query: string): EncodedQuery {
  const reading: Reading = { blocks: [{ groups: [], open: undefined }], order: [], dropped: [] }
  const terms = splitTerms(query.replace(/^GOTO/, ''))
  for (const term of withoutStretches(terms, reading.dropped)) readTerm(reading, term)
  // A block that was empty from the start says nothing; one whose every part was dropped lets everything through.
  const blocks = reading.blocks.filter((block) => block.groups.length > 0)
  return { blocks: blocks.map(({ groups }) => groups), order: reading.order, dropped: reading.dropped }
}
