/** The evaluator of the mirror against the instance: the same queries must choose the same rows, in the same order. */
import { createInstance } from '@snowline/simulator'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import type { Condition, QueryNode } from '../../src/query/conditions.ts'
import { conditionsOf } from '../../src/query/conditions.ts'
import { encodeQuery } from '../../src/query/encode.ts'
import { compareRecords, matches } from '../../src/query/evaluate.ts'
import { type Query, query } from '../../src/query/query.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { kindsOf } from '../../src/tables/tables.ts'
import { howMany, patienceMs } from './cases.ts'

const start = '2026-11-02T09:00:00Z'
const instance = createInstance({ seed: 5, incidents: 120, clock: { start } })
const client = createClient({
  instanceUrl: 'dev00000',
  auth: basicAuth({ username: 'admin', password: 'admin' }),
  fetch: instance.fetch,
})
const kindOf = kindsOf('incident')
const held = instance.control.records('incident')
const fields = [
  'number',
  'state',
  'priority',
  'short_description',
  'assigned_to',
  'active',
  'sys_updated_on',
  'close_code',
  'reopen_count',
]

// An instance orders a reference by its display value, which a mirror does not have.
const orderable = fc.constantFrom(...fields.filter((name) => name !== 'assigned_to'))
const texts = ['number', 'short_description', 'close_code']
const field = fc.constantFrom(...fields)
/** Values the field has somewhere, since a column refuses what is not of its type; parts of them for texts. */
const valuesOf = (name: string) =>
  fc
    .constantFrom(...new Set(held.map((record) => record[name] ?? '')))
    .filter((value) => value !== '' && !/[,@]/.test(value))
const partOf = (name: string) =>
  fc
    .tuple(valuesOf(name), fc.nat({ max: 6 }), fc.integer({ min: 1, max: 8 }))
    .map(([value, from, size]) => value.slice(from, from + size) || value)
const on = (
  name: fc.Arbitrary<string>,
  operators: readonly Condition['operator'][],
  value: (name: string) => fc.Arbitrary<Condition['value']>,
) =>
  name.chain((chosen) =>
    fc.record({
      kind: fc.constant('condition' as const),
      field: fc.constant(chosen),
      operator: fc.constantFrom(...operators),
      value: value(chosen),
    }),
  )
const condition: fc.Arbitrary<Condition> = fc.oneof(
  on(field, ['=', '!=', '<', '<=', '>', '>='], valuesOf),
  on(fc.constantFrom(...texts), ['STARTSWITH', 'ENDSWITH', 'LIKE', 'NOT LIKE'], partOf),
  on(field, ['IN', 'NOT IN'], (name) => fc.array(valuesOf(name), { minLength: 1, maxLength: 3 })),
  on(field, ['ISEMPTY', 'ISNOTEMPTY', 'ANYTHING'], () => fc.constant('')),
)
/** The date operators of the builder; the user of this client lives in UTC, as a mirror computes. */
const dates: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.constantFrom('opened_at', 'sys_updated_on', 'resolved_at'),
    fc.constantFrom('Today', 'Yesterday', 'LastWeek', 'ThisMonth', 'Last30Days', '2026-10-20'),
    fc.constantFrom('GT', 'GE', 'LT', 'LE'),
    fc.nat({ max: 400 }),
    fc.constantFrom('minute', 'hour', 'day'),
    fc.constantFrom('ON', 'NOTON', 'RELATIVE'),
  )
  .map(([name, day, comparison, count, unit, operator]) => {
    const of = query<IncidentRecord>().field(name as 'opened_at')
    const built =
      operator === 'RELATIVE'
        ? of.relative(comparison as 'GT', count, unit as 'hour', 'ago')
        : operator === 'ON'
          ? of.on(day)
          : of
              .notOn(day)
              .field(name as 'opened_at')
              .isNotEmpty()
    const [condition] = conditionsOf(built.where)
    return condition as Condition
  })
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 2, maxLength: 3 })
const clause: fc.Arbitrary<QueryNode> = fc.oneof(
  { weight: 3, arbitrary: condition },
  { weight: 1, arbitrary: dates },
  many(condition).map((terms) => ({ kind: 'or' as const, terms })),
)
const block: fc.Arbitrary<QueryNode> = fc.oneof(
  clause,
  many(clause).map((terms) => ({ kind: 'and' as const, terms })),
)
const where: fc.Arbitrary<QueryNode> = fc.oneof(
  block,
  many(block).map((blocks) => ({ kind: 'newQuery' as const, blocks })),
  many(block).map((terms) => ({ kind: 'or' as const, terms })),
)

test('the same rows in the same order', { timeout: patienceMs }, async () => {
  let chosen = 0
  await fc.assert(
    fc.asyncProperty(where, orderable, fc.boolean(), async (node, key, descending) => {
      const order = [
        { field: key, direction: descending ? ('desc' as const) : ('asc' as const) },
        { field: 'sys_id', direction: 'asc' as const },
      ]
      const query = encodeQuery({ where: node, order })
      const { records } = await client.incidents.page({ query, limit: 1000, fields: ['sys_id'] })
      const ours = held
        .filter((record) => matches(node, record, { kindOf, nowMs: Date.parse(start) }))
        .sort((a, b) => compareRecords(order, a, b, { kindOf }))
      chosen += ours.length
      expect(
        records.map((row) => row.sys_id),
        query,
      ).toEqual(ours.map((record) => record.sys_id))
    }),
    howMany(),
  )
  expect(chosen).toBeGreaterThan(1000)
})

test('date helpers mean the same instant', async () => {
  const nowMs = Date.parse(start)
  const helpers = [
    'beginningOfToday()',
    'daysAgoStart(3)',
    'daysAgoEnd(10)',
    'hoursAgoStart(5)',
    'minutesAgoStart(90)',
    'beginningOfThisWeek()',
    'beginningOfLastMonth()',
    'endOfLastMonth()',
    "dateGenerate('2026-10-20','12:00:00')",
  ]
  for (const helper of helpers) {
    const node: QueryNode = {
      kind: 'condition',
      field: 'sys_updated_on',
      operator: '>=',
      value: `javascript:gs.${helper}`,
      script: 'date',
    }
    const { total } = await client.incidents.page({
      query: encodeQuery({ where: node, order: [] }),
      limit: 1,
    })
    expect([helper, total]).toEqual([
      helper,
      held.filter((record) => matches(node, record, { nowMs })).length,
    ])
  }
})

test('what only an instance can answer is understood by it', async () => {
  const ms = (stamp: string | undefined) => Date.parse(`${stamp?.replace(' ', 'T')}Z`)
  const cases: [
    (q: Query<IncidentRecord>) => Query<IncidentRecord>,
    (record: (typeof held)[number]) => boolean,
  ][] = [
    [
      (q) => q.field('opened_at').datePart('dayofweek', 'monday'),
      ({ opened_at: at }) => new Date(ms(at)).getUTCDay() === 1,
    ],
    [
      (q) => q.field('sys_updated_on').moreThan(2, 'day', 'after', 'opened_at'),
      ({ sys_updated_on: at, opened_at: from }) => ms(at) - ms(from) > 2 * 86_400_000,
    ],
    [
      (q) => q.field('sys_updated_on').lessThan(2, 'day', 'after', 'opened_at'),
      ({ sys_updated_on: at, opened_at: from }) => ms(at) >= ms(from) && ms(at) - ms(from) < 2 * 86_400_000,
    ],
    [(q) => q.field('short_description').anything(), () => true],
  ]
  for (const [build, expected] of cases) {
    const total = await client.incidents.count(build)
    expect([`${build(query())}`, total]).toEqual([`${build(query())}`, held.filter(expected).length])
    expect(total).toBeGreaterThan(0)
  }
})
