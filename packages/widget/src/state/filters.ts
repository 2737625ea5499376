/** What the reader asked to see: search, choices, order. Pure, and the same in the query, the chips and the page's hash. */

/** What the server can sort by. */
export const sortKeys = [
  'number',
  'short_description',
  'state',
  'priority',
  'updated_on',
  'opened_at',
  'resolved_at',
  'impact',
  'urgency',
  'category',
] as const

export type SortKey = (typeof sortKeys)[number]

export interface Sort {
  key: SortKey
  descending: boolean
}

export interface Filters {
  q: string
  /** Values as the instance stores them: `['1', '2']`. */
  states: readonly string[]
  priorities: readonly string[]
  sort: Sort
}

export type ChoiceGroup = 'states' | 'priorities'

export const newestFirst: Sort = { key: 'updated_on', descending: true }

export const noFilters: Filters = { q: '', states: [], priorities: [], sort: newestFirst }

export function isFiltered(filters: Filters): boolean {
  return filters.q !== '' || filters.states.length > 0 || filters.priorities.length > 0
}

/** The order stays: Clear is about what is hidden, not about where it stands. */
export function clearFilters(filters: Filters): Filters {
  return { ...noFilters, sort: filters.sort }
}

export function toggleChoice(filters: Filters, group: ChoiceGroup, value: string): Filters {
  const before = filters[group]
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value].sort()
  return { ...filters, [group]: after }
}

const latestFirst: ReadonlySet<SortKey> = new Set(['updated_on', 'opened_at', 'resolved_at', 'number'])

/** The order after a press on a column: the other way round, or, on a new column, the way people mostly want it. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort.key === key) return { key, descending: !sort.descending }
  return { key, descending: latestFirst.has(key) }
}

/** Example: `-updated_on` is newest update first, `priority` is most urgent first. */
export function encodeSort(sort: Sort): string {
  return (sort.descending ? '-' : '') + sort.key
}

export function parseSort(text: string): Sort | null {
  const descending = text.startsWith('-')
  const name = descending ? text.slice(1) : text
  const key = sortKeys.find((known) => known === name)
  return key === undefined ? null : { key, descending }
}

/** The query of `GET /api/sn/incidents`. Example: `limit=25&sort=-updated_on&state=1%2C2&q=vpn`. */
export function toQuery(filters: Filters, limit: number, cursor: string | null): URLSearchParams {
  const query = new URLSearchParams({ limit: String(limit), sort: encodeSort(filters.sort) })
  writeFilters(query, filters)
  if (cursor !== null) query.set('cursor', cursor)
  return query
}

/** The filters as one short text, empty when nothing differs from the default view. */
export function encodeFilters(filters: Filters): string {
  const query = new URLSearchParams()
  writeFilters(query, filters)
  const sort = encodeSort(filters.sort)
  if (sort !== encodeSort(newestFirst)) query.set('sort', sort)
  return query.toString()
}

/** Reads what `encodeFilters` wrote; anything strange in it counts as absent, for people edit addresses. */
export function parseFilters(text: string): Filters {
  const query = new URLSearchParams(text)
  return {
    q: (query.get('q') ?? '').slice(0, 200),
    states: parseChoices(query.get('state')),
    priorities: parseChoices(query.get('priority')),
    sort: parseSort(query.get('sort') ?? '') ?? newestFirst,
  }
}

function writeFilters(query: URLSearchParams, filters: Filters): void {
  if (filters.states.length > 0) query.set('state', filters.states.join(','))
  if (filters.priorities.length > 0) query.set('priority', filters.priorities.join(','))
  if (filters.q !== '') query.set('q', filters.q)
}

function parseChoices(text: string | null): readonly string[] {
  const values = (text ?? '').split(',').filter((value) => /^-?\w{1,40}$/.test(value))
  return [...new Set(values)].sort()
}
