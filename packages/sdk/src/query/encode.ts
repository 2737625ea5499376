/** Writes a query tree as the text an instance reads. Pure; whatever a value holds, it stays one value. */
import { QueryError } from '../base/errors.ts'
import type { Condition, QueryNode, QueryOrder, QueryTree } from './conditions.ts'
import { isDateHelper, isScript } from './scripts.ts'
import { checkField, checkText, escapeCaret, matchOperator, shapeOf } from './text.ts'

/** A block is all that stands between two `^NQ`: alternatives that must each hold. */
type Clause = readonly Condition[]
type Block = readonly Clause[]

const maxClauses = 256

/**
 * The encoded query of a tree.
 *
 * `^OR` binds only its neighbours, so `A and (B or C)` is `A^B^ORC`, and an OR of ANDs is multiplied out, never written with `^NQ`:
 * what an instance appends to a query reaches only one `^NQ` block (KB0564887). New-query blocks are written where the tree has them; a
 * condition beside them is repeated in each.
 *
 * Throws QueryError for field names that are no identifiers, control characters, a comma or a space at an edge in a list, an `@` in a
 * range, an empty list, values that would turn one operator into another, and values that are scripts: only date helpers may be written, or what
 * `parseQuery` has marked as `code`, which its caller has to vet.
 *
 * Example: `{ where: { kind: 'condition', field: 'short_description', operator: 'LIKE', value: 'a^b' }, order: [] }` gives
 * `'short_descriptionLIKEa^^b'`.
 */
export function encodeQuery(tree: QueryTree): string {
  const where = tree.where === null ? '' : encodeWhere(tree.where)
  const order = tree.order.map(encodeOrder).join('^')
  return where !== '' && order !== '' ? `${where}^${order}` : where + order
}

function encodeWhere(node: QueryNode): string {
  return blocksOf(node)
    .map((block) => block.map((clause) => clause.map(encodeCondition).join('^OR')).join('^'))
    .join('^NQ')
}

function encodeOrder({ field, direction }: QueryOrder): string {
  return `${direction === 'desc' ? 'ORDERBYDESC' : 'ORDERBY'}${checkField(field)}`
}

function blocksOf(node: QueryNode): readonly Block[] {
  switch (node.kind) {
    case 'condition':
      return [[[node]]]
    case 'newQuery':
      return limited(demandTerms(node.blocks).flatMap(blocksOf))
    case 'and':
      return demandTerms(node.terms).map(blocksOf).reduce(bothOf)
    case 'or':
      return eitherOf(demandTerms(node.terms).map(blocksOf))
  }
}

function bothOf(left: readonly Block[], right: readonly Block[]): readonly Block[] {
  return limited(left.flatMap((a) => right.map((b) => limited([...a, ...b]))))
}

function eitherOf(terms: readonly (readonly Block[])[]): readonly Block[] {
  if (terms.some((blocks) => blocks.length > 1)) return limited(terms.flat())
  const single = terms.map((blocks) => blocks[0] ?? [])
  return [single.reduce((a, b) => limited(a.flatMap((left) => b.map((right) => [...left, ...right]))))]
}

function demandTerms<T>(terms: readonly T[]): readonly T[] {
  if (terms.length > 0) return terms
  throw new QueryError('A group of conditions is empty.', {
    hint: 'Leave the group out when nothing is to be asked.',
  })
}

function limited<T>(parts: readonly T[]): readonly T[] {
  if (parts.length <= maxClauses) return parts
  throw new QueryError(`The query becomes too long: more than ${maxClauses} conditions.`, {
    hint: 'Ask in several queries, or use in([...]) in place of many alternatives; an OR of ANDs is multiplied out.',
    details: { clauses: parts.length },
  })
}

/** One condition as text. */
export function encodeCondition(condition: Condition): string {
  const field = checkField(condition.field)
  const operator = condition.operator
  const value = encodeValue(condition, field)
  const text = `${operator}${value}`
  // "<" before a value that begins with "=" would be read as "<=".
  const read = matchOperator(text)
  if (read === null || read.operator !== operator || read.rest !== value) {
    throw new QueryError(`The value for ${field} would be read as a part of the operator ${operator}.`, {
      hint: 'Compare in another way, for example with startsWith() or in([...]) in another order.',
      details: { field, operator },
    })
  }
  return `${field}${operator}${escapeCaret(value)}`
}

function encodeValue(condition: Condition, field: string): string {
  const { operator, value } = condition
  const shape = shapeOf(operator)
  if (shape === 'unary') {
    if (value === '') return ''
    throw new QueryError(`${operator} takes no value.`, {
      hint: "Leave the value empty: ''.",
      details: { field, operator },
    })
  }
  const many = shape === 'list' || shape === 'parts'
  if (many !== (typeof value !== 'string')) {
    throw new QueryError(`${operator} takes ${many ? 'a list' : 'one value'}.`, {
      hint: many ? 'Give a list of texts.' : 'Give one text, or ask with IN.',
      details: { field, operator },
    })
  }
  const parts = typeof value === 'string' ? [value] : value
  for (const part of parts) {
    checkText(part, field)
    if (isScript(part)) checkScript(part, condition)
  }
  if (typeof value === 'string') return value
  return shape === 'list' ? encodeList(value, condition) : encodeParts(value, condition)
}

function checkScript(part: string, { field, script }: Condition): void {
  if (script === 'code' || (script === 'date' && isDateHelper(part))) return
  throw new QueryError(`The value for ${field} is a script.`, {
    hint: 'Use a date helper such as daysAgo(7), or rawQuery() for a query you wrote yourself.',
    details: { field },
  })
}

function encodeList(values: readonly string[], { field, operator }: Condition): string {
  if (values.length === 0) {
    throw new QueryError(`The list for ${field} is empty.`, {
      hint: 'Do not ask when nothing can match, or leave the condition out.',
      details: { field, operator },
    })
  }
  if (values.some((value) => value.includes(','))) {
    throw new QueryError(
      `A value in the list for ${field} holds a comma, which cannot be written in ${operator}.`,
      {
        hint: 'Join single conditions with anyOf(): each takes any text.',
        details: { field, operator },
      },
    )
  }
  if (values.some((value) => value !== value.trim())) {
    throw new QueryError(
      `A value in the list for ${field} begins or ends with a space, which an instance may cut off.`,
      {
        hint: 'Write the list without spaces, or join single conditions with anyOf().',
        details: { field, operator },
      },
    )
  }
  return values.join(',')
}

function encodeParts(values: readonly string[], { field, operator }: Condition): string {
  if (operator === 'BETWEEN' && values.length !== 2) {
    throw new QueryError(`The range for ${field} needs two ends.`, {
      hint: 'Give both, or ask with >= or <= for one.',
      details: { field, operator },
    })
  }
  if (values.length === 0 || values.some((value) => value.includes('@'))) {
    throw new QueryError(
      `A part of the value for ${field} holds an @, which cannot be written in ${operator}.`,
      {
        hint: 'Use gte() and lte(): each takes any text.',
        details: { field, operator },
      },
    )
  }
  return values.join('@')
}
