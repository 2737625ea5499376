/** The builder: forms of giving conditions, dates, immutability, and what it refuses before anything is sent. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import { parseQuery } from '../../src/query/parse.ts'
import type { WhereObject } from '../../src/query/query.ts'
import { Query, query, rawQuery, toQuery } from '../../src/query/query.ts'
import { agoHelper, periodHelper } from '../../src/query/scripts.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { kindsOf } from '../../src/tables/tables.ts'

const incident = kindsOf('incident')
const text = (where: Parameters<typeof toQuery<IncidentRecord>>[0]) =>
  toQuery<IncidentRecord>(where, incident).toString()

describe('object form', () => {
  test.each<[WhereObject<IncidentRecord>, string]>([
    [{}, ''],
    [{ active: true, priority: ['1', '2'] }, 'active=true^priorityIN1,2'],
    [{ assigned_to: null }, 'assigned_toISEMPTY'],
    [{ state: undefined, impact: 1 }, 'impact=1'],
    [{ 'caller_id.email': 'a@b.c' }, 'caller_id.email=a@b.c'],
    [{ short_description: 'a^NQactive=false' }, 'short_description=a^^NQactive=false'],
    [{ opened_at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 999)) }, 'opened_at=2026-01-02 03:04:05'],
    [{ opened_at: '2026-01-02T03:04:05+02:00' }, 'opened_at=2026-01-02 01:04:05'],
    [{ opened_at: '2026-01-02 03:04:05' }, 'opened_at=2026-01-02 03:04:05'],
    [{ correlation_id: '2026-01-02T03:04:05Z' }, 'correlation_id=2026-01-02T03:04:05Z'],
    [{ u_custom_time: '2026-01-02T03:04:05Z' }, 'u_custom_time=2026-01-02 03:04:05'],
  ])('%o', (where, expected) => {
    expect(text(where)).toBe(expected)
  })
})

test('a chain of comparisons', () => {
  const built = query<IncidentRecord>()
    .field('state')
    .in(['1', '2'])
    .field('short_description')
    .contains('50% off')
    .field('number')
    .startsWith('INC')
    .field('impact')
    .ne('3')
    .field('reassignment_count')
    .between(2, 5)
    .field('resolved_at')
    .gtField('opened_at')
    .orderByDesc('sys_updated_on')
    .orderBy('number')
  expect(`${built}`).toBe(
    'stateIN1,2^short_descriptionLIKE50% off^numberSTARTSWITHINC^impact!=3^reassignment_countBETWEEN2@5' +
      '^resolved_atGT_FIELDopened_at^ORDERBYDESCsys_updated_on^ORDERBYnumber',
  )
})

test('alternatives and new-query blocks', () => {
  const either = query<IncidentRecord>()
    .field('active')
    .eq(true)
    .anyOf(
      (q) => q.field('state').eq('1'),
      (q) => q.field('priority').eq('1').field('impact').eq('1'),
    )
  expect(`${either}`).toBe('active=true^state=1^ORpriority=1^state=1^ORimpact=1')
  const blocks = query<IncidentRecord>()
    .field('state')
    .eq('1')
    .newQuery((q) => q.field('state').eq('2'))
  expect(`${blocks.newQuery((q) => q.field('state').eq('3'))}`).toBe('state=1^NQstate=2^NQstate=3')
})

test('every step leaves the query it came from as it was', () => {
  const base = query<IncidentRecord>().field('active').eq(true)
  base.field('state').eq('1').orderBy('number')
  base.anyOf((q) => q.field('state').eq('2'))
  expect(`${base}`).toBe('active=true')
})

test('date helpers are the only scripts', () => {
  const q = query<IncidentRecord>().field('sys_created_on').gte(agoHelper('days', 7))
  expect(`${q}`).toBe('sys_created_on>=javascript:gs.daysAgoStart(7)')
  expect(`${query<IncidentRecord>().field('opened_at').lt(periodHelper('beginning', 'ThisMonth'))}`).toBe(
    'opened_at<javascript:gs.beginningOfThisMonth()',
  )
  expect(() => periodHelper('end', 'Time();x')).toThrow(QueryError)
  expect(() => agoHelper('days', 1.5)).toThrow(QueryError)
  expect(() => query<IncidentRecord>().field('caller_id').eq('javascript:gs.getUserID()').toString()).toThrow(
    /script/,
  )
})

test('dates by day, by part, by distance; trees and everything', () => {
  const f = (name: keyof IncidentRecord & string) => query<IncidentRecord>().field(name)
  const cases: [Query<IncidentRecord>, string][] = [
    [
      f('opened_at').on('Today'),
      'opened_atONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()',
    ],
    [
      f('opened_at').notOn('2026-01-31'),
      "opened_atNOTON2026-01-31@javascript:gs.dateGenerate('2026-01-31','start')@javascript:gs.dateGenerate('2026-01-31','end')",
    ],
    [
      f('opened_at').datePart('dayofweek', 'monday'),
      "opened_atDATEPARTmonday@javascript:gs.datePart('dayofweek','monday','EE')",
    ],
    [f('sys_updated_on').relative('GT', 4, 'hour', 'ago'), 'sys_updated_onRELATIVEGT@hour@ago@4'],
    [f('due_date').relative('EE', 1, 'day', 'ahead'), 'due_dateRELATIVEEE@day@ahead@1'],
    [f('opened_at').moreThan(2, 'day', 'before', 'due_date'), 'opened_atMORETHANdue_date@day@before@2'],
    [f('opened_at').lessThan(2, 'hour', 'after', 'work_start'), 'opened_atLESSTHANwork_start@hour@after@2'],
    [f('location').inHierarchy('x'), 'locationIN_HIERARCHYx'],
    [f('location').inHierarchyDynamic('x'), 'locationIN_HIERARCHY_DYNAMICx'],
    [f('location').anything(), 'locationANYTHING'],
  ]
  for (const [built, expected] of cases) {
    expect(`${built}`).toBe(expected)
    expect(parseQuery(expected).where).toEqual(built.where)
    expect(`${rawQuery(expected)}`).toBe(expected)
  }
})

test('rawQuery is the door for text, joined like any other query', () => {
  const q = rawQuery<IncidentRecord>('caller_id=javascript:gs.getUserID()^ORstate=1').field('active').eq(true)
  expect(`${q}`).toBe('caller_id=javascript:gs.getUserID()^ORstate=1^active=true')
  expect(() => rawQuery('not a query')).toThrow(QueryError)
})

test.each<[string, () => unknown]>([
  ['a field with a caret', () => new Query().field('a^b').eq('1')],
  ['an instant without a zone', () => text({ opened_at: '2026-01-02T03:04:05' })],
  ['a broken date', () => text({ opened_at: new Date(Number.NaN) })],
  ['an infinite number', () => text({ impact: Number.POSITIVE_INFINITY })],
  ['an empty list', () => text({ state: [] })],
  ['no alternative', () => new Query().anyOf()],
  ['an alternative without a condition', () => new Query().anyOf((q) => q)],
  ['an order in an alternative', () => new Query().anyOf((q) => q.field('a').eq('1').orderBy('a'))],
  ['a new query after nothing', () => new Query().newQuery((q) => q.field('a').eq('1'))],
])('refuses %s', (_, build) => {
  expect(build).toThrow(QueryError)
})

test('fields are typed by the table', () => {
  const q = query<IncidentRecord>()
  expectTypeOf(q.field).parameter(0).toExtend<string>()
  // @ts-expect-error no such field
  q.field('short_descripton')
  // @ts-expect-error no such field
  text({ pririty: '1' })
  expect(`${q.field('u_mine').eq('1').field('assigned_to.name').eq('x')}`).toBe('u_mine=1^assigned_to.name=x')
})
