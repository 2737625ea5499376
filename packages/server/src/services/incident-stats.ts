/** How many incidents there are by state, priority and age: counted by the instance, or one by one in the stored copy. */
import type { ChoiceCount, IncidentStats } from '@snowline/protocol'
import {
  allOf,
  isSnowlineError,
  Query,
  type QueryNode,
  type QueryTree,
  type SysId,
  stampFromMs,
  type UtcStamp,
} from '@snowline/sdk'
import { matches } from '@snowline/sdk/query'
import type { SyncStore } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import { choiceLabel } from '../views/incident-view.ts'
import { guardEachPart } from './incident-query.ts'
import { fitsOrRefuse, mirrorTime } from './mirror-incidents.ts'

const DAY_MS = 86_400_000

/** From an age on, up to the next; younger than the first has no border, so that a clock that runs ahead loses no incident. */
const ages = [
  { label: 'Under 1 day', untilDays: 1 },
  { label: '1 to 7 days', fromDays: 1, untilDays: 7 },
  { label: '7 to 30 days', fromDays: 7, untilDays: 30 },
  { label: 'Over 30 days', fromDays: 30 },
] as const

type Age = (typeof ages)[number]
type Counts = ReadonlyMap<string, number>

/** Beside the vetted conditions; the order of the query counts for nothing here. */
type Asked = Pick<QueryTree, 'where'>

/** Asks the Aggregate API: one request for each list of choices and one for each age. @throws what the instance says */
export async function liveStats(
  { clock }: { clock: Clock },
  connection: Connection,
  { where }: Asked,
): Promise<IncidentStats> {
  const nowMs = clock.now()
  const [states, priorities, ...byAge] = await Promise.all([
    countGroups(connection, 'state', where),
    countGroups(connection, 'priority', where),
    ...ages.map((age) => countAll(connection, guardEachPart(where, ageCondition(age, nowMs)))),
  ])
  return {
    success: true,
    source: 'live',
    asOf: isoSeconds(nowMs),
    total: [...states.values()].reduce((sum, count) => sum + count, 0),
    by_state: choiceCounts('state', states, await liveLabels(connection, 'state')),
    by_priority: choiceCounts('priority', priorities, await liveLabels(connection, 'priority')),
    by_age: ages.map(({ label }, index) => ({ label, count: byAge[index] ?? 0 })),
  }
}

function queryOf(where: QueryNode | null): Query {
  return new Query({ where, order: [] })
}

async function countGroups(
  { client, table }: Connection,
  field: 'state' | 'priority',
  where: QueryNode | null,
): Promise<Counts> {
  const rows = await client.table(table).aggregate({ where: queryOf(where), groupBy: [field] })
  return new Map(rows.map(({ group, count }) => [group[field], count ?? 0]))
}

async function countAll({ client, table }: Connection, where: QueryNode | null): Promise<number> {
  const { count } = await client.table(table).aggregate({ where: queryOf(where) })
  return count ?? 0
}

function ageCondition(age: Age, nowMs: number): QueryNode | null {
  const before = (days: number): UtcStamp => stampFromMs(nowMs - days * DAY_MS)
  const opened = (operator: '>' | '<=', days: number): QueryNode => {
    return { kind: 'condition', field: 'opened_at', operator, value: before(days) }
  }
  return allOf([
    'untilDays' in age ? opened('>', age.untilDays) : null,
    'fromDays' in age ? opened('<=', age.fromDays) : null,
  ])
}

/** The instance's own words, kept by the client for some minutes; without the right to read them those out of the box stay. */
async function liveLabels(
  { client, table }: Connection,
  field: 'state' | 'priority',
): Promise<ReadonlyMap<string, string>> {
  try {
    const choices = await client.table(table).choices(field)
    return new Map(choices.map(({ value, label }) => [value, label]))
  } catch (error) {
    if (isSnowlineError(error)) return new Map()
    throw error
  }
}

function choiceCounts(
  field: string,
  counts: Counts,
  labels: ReadonlyMap<string, string> = new Map(),
): ChoiceCount[] {
  return [...counts]
    .map(([value, count]) => {
      const label = value === '' ? '(empty)' : (labels.get(value) ?? choiceLabel(field, value))
      return { value, label, count }
    })
    .sort((a, b) => a.value.localeCompare(b.value, 'en', { numeric: true }))
}

/** Reads the whole mirror, page by page, and holds none of it. @throws ProblemError `invalid_query` for what only an instance can answer */
export async function mirrorStats(
  { store, clock }: { store: SyncStore; clock: Clock },
  connection: Connection,
  { where }: Asked,
): Promise<IncidentStats> {
  const nowMs = clock.now()
  const [states, priorities] = [new Map<string, number>(), new Map<string, number>()]
  const counts = ages.map((age) => ({ label: age.label, count: 0, fits: ageCondition(age, nowMs) }))
  let total = 0
  for (let after: { u: UtcStamp; sysId: SysId } | null = null; ; ) {
    const page = await store.listRecords(connection.mirror, {
      limit: 1_000,
      matches: (record) => fitsOrRefuse({ where }, record, nowMs),
      ...(after === null ? {} : { after }),
    })
    for (const record of page.records) {
      total += 1
      add(states, record.state)
      add(priorities, record.priority)
      const age = counts.find(({ fits }) => matches(fits, record))
      if (age !== undefined) age.count += 1
    }
    if (page.next === null) break
    after = page.next
  }
  return {
    success: true,
    source: 'mirror',
    asOf: await mirrorTime(store, connection),
    total,
    by_state: choiceCounts('state', states),
    by_priority: choiceCounts('priority', priorities),
    by_age: counts.map(({ label, count }) => ({ label, count })),
  }
}

function add(counts: Map<string, number>, value = ''): void {
  counts.set(value, (counts.get(value) ?? 0) + 1)
}
