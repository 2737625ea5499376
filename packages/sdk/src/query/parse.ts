/** Reads the text of an encoded query back into its tree, and refuses what has no meaning in a filter over REST. */
import { QueryError } from '../base/errors.ts'
import type { Condition, QueryNode, QueryOrder, QueryTree } from './conditions.ts'
import { allOf, anyOf } from './conditions.ts'
import { isDateHelper, isScript } from './scripts.ts'
import { checkField, checkText, matchOperator, shapeOf, splitTerms } from './text.ts'

/** A parsed query; `endQuery` tells that the text ended in `^EQ`, which a list of an instance appends. */
export interface ParsedQuery extends QueryTree {
  readonly endQuery: boolean
}

const maxLength = 32_768
const noFilter =
  /^(?:NQ|OR(?!DERBY))?(RLQUERY|ENDRLQUERY|JOIN|SUBQUERY|ENDSUBQUERY|GROUPBY|GOTO|HAVING|123TEXT[A-Z]*)/
const triggers = /^(?:VALCHANGES|CHANGESFROM|CHANGESTO)/

/**
 * The tree of an encoded query, with ServiceNow's precedence: `^OR` binds the neighbouring condition, `^NQ` binds least, an order holds
 * for the whole. Other spellings of an operator come back in their usual one (`CONTAINS` as `LIKE`).
 *
 * A value that is a script comes back with `script: 'date'` for the date helpers and `script: 'code'` for everything else, so that the
 * caller decides. Throws QueryError for unknown operators, names that are no identifiers, joins, related lists, subqueries, text search,
 * operators that only triggers know, `^EQ` before the end, control characters, and texts over 32,768 characters.
 *
 * Example: `parseQuery('active=true^state=1^ORstate=2')` is an `and` of a condition and an `or` of two.
 */
export function parseQuery(text: string): ParsedQuery {
  if (typeof text !== 'string' || text.length > maxLength) {
    throw new QueryError(`An encoded query is a text of at most ${maxLength} characters.`, {
      hint: 'Give conditions as a text such as active=true^stateIN1,2, and ask in several queries when it is too long.',
    })
  }
  checkText(text, 'the query')
  const state: ParseState = { blocks: [[]], order: [], endQuery: false }
  const terms = text === '' ? [] : splitTerms(text)
  for (const [index, term] of terms.entries()) readTerm(term, index, terms.length, state)
  return { where: toTree(state.blocks), order: state.order, endQuery: state.endQuery }
}

interface ParseState {
  /** Blocks of clauses of alternatives. */
  readonly blocks: Condition[][][]
  readonly order: QueryOrder[]
  endQuery: boolean
}

function readTerm(term: string, index: number, count: number, state: ParseState): void {
  if (state.endQuery) {
    throw new QueryError('Nothing may follow ^EQ.', {
      hint: 'Put the condition before ^EQ, or leave ^EQ out.',
    })
  }
  if (term === '' && index === count - 1 && index > 0) return
  if (term === 'EQ') {
    state.endQuery = true
    return
  }
  if (term.startsWith('ORDERBY')) {
    const descending = term.startsWith('ORDERBYDESC')
    const field = checkField(term.slice(descending ? 11 : 7))
    state.order.push({ field, direction: descending ? 'desc' : 'asc' })
    return
  }
  const word = noFilter.exec(term)?.[1]
  if (word !== undefined) {
    throw new QueryError(
      'Joins, related lists, subqueries, groups and text searches are not filters of fields.',
      {
        hint: 'Ask with conditions on fields, for example short_descriptionLIKEprinter, and with aggregate() for groups.',
        details: { word },
      },
    )
  }
  readCondition(term, state)
}

function readCondition(term: string, state: ParseState): void {
  const joint = /^(NQ|OR)?(.*)$/s.exec(term)
  const condition = parseCondition(joint?.[2] ?? '')
  const block = state.blocks.at(-1)
  if (block === undefined) return
  if (joint?.[1] === 'NQ') {
    if (block.length === 0) throw needsBefore('^NQ')
    state.blocks.push([[condition]])
  } else if (joint?.[1] === 'OR') {
    const clause = block.at(-1)
    if (clause === undefined) throw needsBefore('^OR')
    clause.push(condition)
  } else {
    block.push([condition])
  }
}

function needsBefore(joint: string): QueryError {
  return new QueryError(`${joint} needs a condition before it.`, {
    hint: `Remove ${joint}, or put a condition before it.`,
  })
}

function parseCondition(text: string): Condition {
  const name = /^[a-z0-9_.]*/.exec(text)?.[0] ?? ''
  const field = checkField(name)
  const match = matchOperator(text.slice(name.length))
  if (match === null) {
    throw new QueryError(`After ${field} stands no operator that a filter knows.`, {
      hint: triggers.test(text.slice(name.length))
        ? 'VALCHANGES, CHANGESFROM and CHANGESTO are known only to triggers: a filter sees records as they are now.'
        : 'Operators are upper-case and follow the field without a space, for example stateIN1,2; a ^ in a value is written ^^.',
      details: { field },
    })
  }
  const { operator, rest } = match
  switch (shapeOf(operator)) {
    case 'unary':
      if (rest !== '') {
        throw new QueryError(`${operator} takes no value.`, {
          hint: `Write ${field}${operator} alone.`,
          details: { field, operator },
        })
      }
      return { kind: 'condition', field, operator, value: '' }
    case 'list':
      // A script in a list may hold commas itself; it is one member.
      return withScript({
        kind: 'condition',
        field,
        operator,
        value: isScript(rest) ? [rest] : rest.split(','),
      })
    case 'parts':
      return withScript({ kind: 'condition', field, operator, value: partsOf(rest, field, operator) })
    case 'scalar':
      return withScript({ kind: 'condition', field, operator, value: rest })
  }
}

function partsOf(rest: string, field: string, operator: string): string[] {
  const parts = rest.split('@')
  if (operator === 'BETWEEN' && parts.length !== 2) {
    throw new QueryError(`The range for ${field} needs two ends.`, {
      hint: 'Write both with an @ between them, for example impactBETWEEN1@2.',
      details: { field, operator },
    })
  }
  return parts
}

function withScript(condition: Condition): Condition {
  const values = typeof condition.value === 'string' ? [condition.value] : condition.value
  const scripts = values.filter(isScript)
  if (scripts.length === 0) return condition
  return { ...condition, script: scripts.every(isDateHelper) ? 'date' : 'code' }
}

function toTree(blocks: readonly (readonly (readonly Condition[])[])[]): QueryNode | null {
  const nodes = blocks.map((block) => allOf(block.map((clause) => anyOf(clause))))
  const kept = nodes.filter((node) => node !== null)
  const [first] = kept
  if (first === undefined) return null
  return kept.length === 1 ? first : { kind: 'newQuery', blocks: kept }
}
