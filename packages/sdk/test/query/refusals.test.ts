/** What is refused: each a QueryError that says what to do, names the field, and shows no value. */
import { expect, test } from 'vitest'
import { tableSource } from '../../src/adapters/table-source.ts'
import { QueryError } from '../../src/base/errors.ts'
import { encodeQuery } from '../../src/query/encode.ts'
import { matches } from '../../src/query/evaluate.ts'
import { parseQuery } from '../../src/query/parse.ts'
import { type Query, query, rawQuery, toQuery } from '../../src/query/query.ts'
import { agoHelper, periodHelper } from '../../src/query/scripts.ts'
import { encodeField } from '../../src/tables/fields.ts'
import { kindsOf } from '../../src/tables/tables.ts'
import { fakeInstance, json } from '../client/fake-instance.ts'

const kindOf = kindsOf('incident')
/** As a program without types may call it. */
const where = (given: unknown) => toQuery(given as never, kindOf).toString()
const field = (name = 'state') => query().field(name)
const condition = (operator: string, value: unknown) =>
  encodeQuery({ where: { kind: 'condition', field: 'state', operator, value } as never, order: [] })
const secret = 'hunter2'

const building: readonly [string, () => unknown][] = [
  ['a number as where', () => where(42)],
  ['a flag as where', () => where(true)],
  ['a text as where', () => where('active=true')],
  ['a list as where', () => where([{ active: true }])],
  ['a Date as where', () => where(new Date(0))],
  ['a Map as where', () => where(new Map([['active', true]]))],
  ['a callback without a return', () => where(() => undefined)],
  ['a callback that gives an object', () => where(() => ({ active: true }))],
  ['a reference object', () => where({ caller_id: { value: secret, link: 'x' } })],
  ['a list with undefined', () => where({ state: ['1', undefined] })],
  ['a list with null', () => where({ state: ['1', null] })],
  ['a list in a list', () => where({ state: [['1']] })],
  ['a function as value', () => where({ state: () => '1' })],
  ['a bigint', () => where({ state: 1n })],
  ['eq(undefined)', () => field().eq(undefined as never)],
  ['eq(null)', () => field().eq(null as never)],
  ['eq([...])', () => field().eq(['1', '2'] as never)],
  ['in() of a text', () => field().in('1' as never)],
  ['in() of nothing', () => field().in([]).toString()],
  ['contains(undefined)', () => field().contains(undefined as never)],
  ['contains({})', () => field().contains({} as never)],
  ['between with one end', () => field().between('1', undefined as never)],
  ['a field that is no name', () => field('Bad Name')],
  ['a field that is no text', () => field(7 as never)],
  ['a label beside another field', () => field().sameAs('Other Field' as never)],
  ['no alternative', () => query().anyOf()],
  ['an alternative without a condition', () => query().anyOf((q) => q)],
  ['an alternative without a return', () => query().anyOf((() => undefined) as never)],
  ['an order in an alternative', () => query().anyOf((q) => q.field('a').eq('1').orderBy('a'))],
  ['a new query after nothing', () => query().newQuery((q) => q.field('a').eq('1'))],
  ['an order by no name', () => query().orderBy('-number')],
  ['a period that is none', () => periodHelper('end', 'Sometime')],
  ['half a day ago', () => agoHelper('days', 0.5)],
  ['on a period that is none', () => field('opened_at').on('someday')],
  ['on a day that is none', () => field('opened_at').on('2026-02-30')],
  ['a part of a date that is code', () => field('opened_at').datePart('dayofweek', "monday');x('")],
  ['less than no count', () => field('opened_at').relative('GT', -1, 'hour', 'ago')],
  ['an instant without a zone', () => where({ opened_at: '2026-01-02T03:04:05' })],
  ['no number', () => where({ impact: Number.NaN })],
  ['no date', () => where({ opened_at: new Date(Number.NaN) })],
  ['a script', () => where({ caller_id: 'javascript:gs.getUserID()' })],
  ['a line break', () => where({ state: `${secret}\n` })],
  ['a comma in a list', () => where({ state: [`${secret},`, '2'] })],
  ['a space in a list', () => where({ state: [` ${secret}`] })],
  ['an @ in a range', () => field().between(`${secret}@`, '2').toString()],
  ['a value that would be an operator', () => field().lt(`=${secret}`).toString()],
  ['an empty group', () => encodeQuery({ where: { kind: 'and', terms: [] }, order: [] })],
  ['a unary operator with a value', () => condition('ISEMPTY', secret)],
  ['a list operator with one value', () => condition('IN', secret)],
  ['one value with a list', () => condition('=', [secret])],
  ['a range of one end', () => condition('BETWEEN', ['1'])],
  [
    '257 conditions',
    () =>
      Array.from({ length: 257 })
        .reduce<Query>((q) => q.field('a').eq('1'), query())
        .toString(),
  ],
  ['a value no field holds', () => encodeField('text', { a: secret } as never)],
]

const parsing: readonly string[] = [
  secret,
  `short_description ${secret}`,
  `aVALCHANGES`,
  `aCHANGESTO${secret}`,
  `123TEXTQUERY321=${secret}`,
  `active=true^123TEXTINDEXGROUP321=${secret}`,
  `RLQUERYtask.${secret},>=1^ENDRLQUERY`,
  `JOINa.f=b.g!${secret}`,
  `SUBQUERY${secret}`,
  `GOTOnumber=${secret}`,
  'GROUPBYstate',
  'ORDERBYBad',
  '^NQa=1',
  'ORa=1',
  '^ORa=1',
  'a=1^EQ^b=2',
  `aISEMPTY${secret}`,
  `aBETWEEN${secret}`,
  `a=${secret}\u0000`,
  'Short Description=x',
  `a=${'x'.repeat(32_768)}`,
]

const answering: readonly [string, () => unknown][] = [
  ['an operator only an instance knows', () => matches(parseQuery('aINSTANCEOFtask').where, { a: '1' })],
  ['a helper without a clock', () => matches(parseQuery('a>=javascript:gs.now()').where, { a: '1' })],
  [
    'a source with an order',
    () => tableSource(fakeInstance([]).client, 'incident', { filter: 'a=1^ORDERBYa' }),
  ],
  ['a source with ^NQ', () => tableSource(fakeInstance([]).client, 'incident', { filter: 'a=1^NQb=2' })],
  [
    'a source with a script',
    () => tableSource(fakeInstance([]).client, 'incident', { filter: 'a=javascript:x()' }),
  ],
  [
    'a source from no stamp',
    () => tableSource(fakeInstance([]).client, 'incident', { createdFrom: 'x' as never }),
  ],
]

test.each([
  ...building,
  ...answering,
  ...parsing.map((text): [string, () => unknown] => [
    `the text ${text.slice(0, 40)}`,
    () => parseQuery(text),
  ]),
  ['a raw query that is no text', () => rawQuery(7 as never)] as const,
])('%s', (_, act) => {
  const failure = thrownBy(act)
  expect(failure).toBeInstanceOf(QueryError)
  const { message, hint, details } = failure as QueryError
  expect(hint).toBeTruthy()
  expect(message).toMatch(/\.$/)
  expect(JSON.stringify(details)).not.toContain(secret === details.field ? '\u0000' : secret)
})

const sid = '46f09e75a9fe198100f4ffd8d366d17b'
const { client, requests } = fakeInstance([json({ result: {} })])
const anything = client.incidents as never as Record<string, (...given: unknown[]) => Promise<unknown>>

test.each<[string, () => PromiseLike<unknown>]>([
  ['create: an object', () => client.incidents.create({ short_description: { a: secret } as never })],
  ['create: a list', () => client.incidents.create({ short_description: [secret] as never })],
  ['create: no object', () => client.incidents.create('x' as never)],
  ['create: nothing', () => client.incidents.create(undefined as never)],
  ['create: a field that is none', () => client.incidents.create({ 'Bad Name': '1' } as never)],
  ['update: NaN', () => client.incidents.update(sid, { impact: Number.NaN })],
  ['a note without text', () => client.incidents.addWorkNote(sid, ' ')],
  ['a note that is no text', () => client.incidents.addWorkNote(sid, 7 as never)],
  ['a note with an empty key', () => client.incidents.addWorkNote(sid, 'x', { idempotencyKey: '' })],
  ['get without an id', () => client.incidents.get(undefined as never)],
  ['count of a text', () => client.incidents.count('active=true' as never)],
  ['a page of no rows', () => client.incidents.page({ query: '', limit: 0 })],
  ['a page before the first', () => client.incidents.page({ query: '', limit: 1, offset: -1 })],
  ['an aggregate of nothing', () => client.incidents.aggregate({ count: false })],
  [
    'an aggregate compared with no number',
    () =>
      client.incidents.aggregate({
        having: [{ measure: 'count', field: 'state', operator: '>', value: Number.NaN }],
      }),
  ],
  ['a list of no fields', () => client.incidents.list({ fields: [] })],
  ['a list of lanes by offset', () => client.incidents.list({ lanes: 2, paging: 'offset' })],
  ['a list with a broken cursor', () => client.incidents.list({ cursor: 'x' })],
  ['toArray without a limit', () => client.incidents.list().toArray(undefined as never)],
  ['toArray with a limit of 0', () => client.incidents.list().toArray({ limit: 0 })],
  ['a path that leads away', () => client.request('GET', '//other.example/x')],
  ['a path that is none', () => client.request('GET', undefined as never)],
  ['a method that is none', () => client.request(7 as never, '/x')],
  ['a look-up of nothing', () => client.users.find({ email: ' ' })],
  ['a look-up by two', () => client.users.find({ email: 'a@b.c', userName: 'a' } as never)],
  ['a look-up by none', () => client.users.find({} as never)],
  ['a group by two', () => client.groups.find({ name: 'a', email: 'b' } as never)],
  ['choices of no field', () => client.incidents.choices('Bad Name' as never)],
  ['a journal of no field', () => client.incidents.journal(sid, { fields: ['secrets' as never] })],
  ['a journal of no entries', () => client.incidents.journal(sid, { limit: 0 })],
  ['a key that is a script', () => client.resolveCreate('javascript:1')],
  ['a create looked up in no table', () => client.resolveCreate('k', { table: 'Bad Name' })],
  ['get with a field that is none', () => anything.get?.(sid, { fields: ['Bad Name'] }) as Promise<unknown>],
])('%s', async (_, call) => {
  const failure = await call().then(
    () => null,
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(QueryError)
  expect((failure as QueryError).hint).toBeTruthy()
  expect(JSON.stringify(failure)).not.toContain(secret)
  expect(requests).toHaveLength(0)
})

test('null is no condition', () => {
  expect(where(null)).toBe('')
  expect(where(undefined)).toBe('')
})

test('what is wrong is told by the field', () => {
  expect(() => where({ caller_id: { value: 'x' } })).toThrow(/caller_id/)
  expect(() => field('impact').eq(['1'] as never)).toThrow(/impact is a list/)
  expect((thrownBy(() => field().eq(null as never)) as QueryError).hint).toContain('isEmpty()')
  expect((thrownBy(() => where('active=true')) as QueryError).hint).toContain('rawQuery(')
  expect((thrownBy(() => parseQuery('aVALCHANGES')) as QueryError).hint).toContain('triggers')
  expect((thrownBy(() => parseQuery('123TEXTQUERY321=x')) as QueryError).message).toContain('text searches')
})

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
