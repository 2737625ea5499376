/** From the parameters of a list to a vetted query: the caller's own text, and our conditions in each of its parts. Pure. */
import {
  allOf,
  anyOf,
  type Condition,
  conditionsOf,
  incidentPriorities,
  incidentStates,
  incidentTable,
  isSysId,
  parseQuery,
  QueryError,
  type QueryNode,
  type QueryOrder,
  type QueryTree,
} from '@snowline/sdk'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { IncidentCursor } from './incident-cursor.ts'

export interface IncidentFilter {
  /** An encoded query of the caller. */
  query?: string | undefined
  /** Codes or labels, comma list. */
  state?: string | undefined
  priority?: string | undefined
  assignment_group?: string | undefined
  /** Free text in number, short description and description. */
  q?: string | undefined
  sort?: string | undefined
}

/** View names that may be sorted by, and the field each stands for. */
const sortable: Readonly<Record<string, string>> = {
  updated_on: 'sys_updated_on',
  sys_updated_on: 'sys_updated_on',
  opened_at: 'opened_at',
  resolved_at: 'resolved_at',
  number: 'number',
  short_description: 'short_description',
  state: 'state',
  priority: 'priority',
  impact: 'impact',
  urgency: 'urgency',
  category: 'category',
}

export const newestFirst: QueryOrder = { field: 'sys_updated_on', direction: 'desc' }

/**
 * The query of a list. `^OR`, `^NQ` and date helpers are the caller's to use; an order in its text counts when `sort` gives none.
 *
 * @param extraFields fields allowed besides those of the incident table (`SN_QUERY_FIELDS`)
 * @throws ProblemError `invalid_query` for what may not be asked, `validation_failed` for an unknown sort
 */
export function incidentQuery(filter: IncidentFilter, extraFields: ReadonlySet<string>): QueryTree {
  const asked = readQuery(filter.query ?? '', extraFields)
  const own = allOf([
    listed('state', filter.state, incidentStates),
    listed('priority', filter.priority, incidentPriorities),
    groupCondition(filter.assignment_group),
    freeText(filter.q),
  ])
  const order = sortOrder(filter.sort) ?? (asked.order.length > 0 ? asked.order : [newestFirst])
  return { where: guardEachPart(asked.where, own), order: withTieBreak(order) }
}

function readQuery(text: string, extraFields: ReadonlySet<string>): QueryTree {
  try {
    const parsed = parseQuery(text)
    if (parsed.endQuery) throw new QueryError('^EQ has no place in this query.')
    for (const condition of conditionsOf(parsed.where)) vet(condition, extraFields)
    for (const { field } of parsed.order) vetField(field, extraFields)
    return parsed
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new ProblemError('invalid_query', error.message, {
      errors: [{ path: 'query', message: error.message }],
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
}

function vet(condition: Condition, extraFields: ReadonlySet<string>): void {
  vetField(condition.field, extraFields)
  if (condition.script === 'code')
    throw new QueryError(`${condition.field}: only date helpers may stand as a script.`)
}

function vetField(field: string, extraFields: ReadonlySet<string>): void {
  if (Object.hasOwn(incidentTable.fields, field) || extraFields.has(field)) return
  throw new QueryError(`The field ${field} may not be asked for.`, {
    hint: 'Use a field of the incident table, or add this one to SN_QUERY_FIELDS.',
  })
}

/** A condition appended to the text would guard only one `^NQ` part (KB0564887): ours stand in each. */
export function guardEachPart(asked: QueryNode | null, own: QueryNode | null): QueryNode | null {
  if (asked === null || own === null) return asked ?? own
  if (asked.kind !== 'newQuery') return allOf([asked, own])
  return { kind: 'newQuery', blocks: asked.blocks.map((block) => allOf([block, own]) ?? block) }
}

function listed(
  field: string,
  words: string | undefined,
  labels: Readonly<Record<string, string>>,
): QueryNode | null {
  const given = (words ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (given.length === 0) return null
  const codes = given.map((word) => codeOf(word, labels))
  const wrong = codes.find((code) => !/^[A-Za-z0-9_. -]{1,40}$/.test(code))
  if (wrong !== undefined)
    throw validationFailed([{ path: field, message: 'must be a comma list of codes or labels' }])
  return { kind: 'condition', field, operator: 'IN', value: codes }
}

/** Example: `codeOf('resolved', incidentStates)` is `'6'`; a word we do not know passes as a code of the instance's own. */
function codeOf(word: string, labels: Readonly<Record<string, string>>): string {
  const wanted = word.toLowerCase().replace(/[\s_-]/g, '')
  const known = Object.entries(labels).find(([, label]) => {
    const plain = label.toLowerCase().replace(/[\s_-]/g, '')
    return plain === wanted || plain.replace(/^\d+/, '') === wanted
  })
  return known?.[0] ?? word
}

function groupCondition(group: string | undefined): QueryNode | null {
  if (group === undefined || group === '') return null
  if (isSysId(group)) return { kind: 'condition', field: 'assignment_group', operator: '=', value: group }
  return { kind: 'condition', field: 'assignment_group.name', operator: '=', value: group }
}

function freeText(text: string | undefined): QueryNode | null {
  const value = text?.trim() ?? ''
  if (value === '') return null
  const fields = ['number', 'short_description', 'description']
  return anyOf(fields.map((field) => ({ kind: 'condition', field, operator: 'LIKE', value }) as const))
}

function sortOrder(sort: string | undefined): QueryOrder[] | null {
  if (sort === undefined || sort === '') return null
  return sort.split(',').map((part) => {
    const name = part.replace(/^[-+]/, '')
    const field = Object.hasOwn(sortable, name) ? sortable[name] : undefined
    if (field === undefined) {
      throw validationFailed([
        { path: 'sort', message: `must be one of ${Object.keys(sortable).join(', ')}` },
      ])
    }
    return { field, direction: part.startsWith('-') ? 'desc' : 'asc' } as const
  })
}

/** Rows of one key come in any order otherwise, and a page would miss or repeat some. */
function withTieBreak(order: readonly QueryOrder[]): QueryOrder[] {
  return order.some(({ field }) => field === 'sys_id')
    ? [...order]
    : [...order, { field: 'sys_id', direction: 'asc' }]
}

/** A vetted question for one page. */
export interface IncidentAsk {
  query: QueryTree
  cursor: IncidentCursor | null
  limit: number
}

/** True for the order in which a cursor can name a row instead of a number of rows. */
export function isNewestFirst({ order }: QueryTree): boolean {
  const [first, second] = order
  return first?.field === newestFirst.field && first.direction === 'desc' && second?.field === 'sys_id'
}
