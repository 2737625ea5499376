/** What the builder writes, the instance's own evaluator selects: exactly the records of a plain TypeScript predicate, whatever the values hold. */
import { createInstance } from '@snowline/simulator'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'
import { type FieldConditions, type Query, toQuery } from '../../src/query/query.ts'
import type { IncidentRecord } from '../../src/tables/incident.ts'
import { kindsOf } from '../../src/tables/tables.ts'
import { howMany, isBroken, isScript, nasty, patienceMs } from './cases.ts'

type Raw = Readonly<Record<string, string>>
/** A part of a query in both languages: a step of the builder, and the predicate it stands for. */
interface Part {
  build(query: Query<IncidentRecord>): Query<IncidentRecord>
  holds(record: Raw): boolean
}

const instance = createInstance({ seed: 5, incidents: 60 })
const client = createClient({
  instanceUrl: 'dev00000',
  auth: basicAuth({ username: 'admin', password: 'admin' }),
  fetch: instance.fetch,
})
const people = new Map(instance.control.records('sys_user').map((user) => [user.sys_id, user]))
const texts = ['short_description', 'description', 'close_notes', 'correlation_id'] as const
loadNasty()
const held = instance.control.records('incident')

/** Each nasty text stands in some record, so that an exact match has something to find, and others have something to miss. */
function loadNasty(): void {
  const seeds = instance.control.records('incident')
  const spoiled = nasty.map((text, at) => ({
    ...seeds[at % seeds.length],
    sys_id: (0xabc000 + at).toString(16).padStart(32, '0'),
    number: `INC9${String(at).padStart(6, '0')}`,
    short_description: text,
    description: `${text} and ${nasty[(at * 7) % nasty.length]}`,
    close_notes: at % 3 === 0 ? '' : `x${text}`,
    correlation_id: at % 2 === 0 ? text.toUpperCase() : `${text}^`,
  }))
  instance.control.load('incident', spoiled)
}

/** Texts compare without regard to case, as on most instances. */
const fold = (text: string): string => text.toLowerCase()
const read = (record: Raw, field: string): string => fold(record[field] ?? '')
const person = (record: Raw, field: string): string => fold(people.get(record.caller_id ?? '')?.[field] ?? '')

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.constantFrom('^', 'O', 'R', 'N', 'Q', '=', ',', '@', 'a', ' ') }),
  },
  { weight: 2, arbitrary: fc.constantFrom(...held.map((record) => record.short_description ?? '')) },
)

type TextTest = readonly [
  (conditions: FieldConditions<IncidentRecord>, value: string) => Query<IncidentRecord>,
  (actual: string, wanted: string) => boolean,
]
const textTests: readonly TextTest[] = [
  [(on, value) => on.eq(value), (actual, wanted) => actual === wanted],
  [(on, value) => on.ne(value), (actual, wanted) => actual !== wanted],
  [(on, value) => on.contains(value), (actual, wanted) => actual.includes(wanted)],
  [(on, value) => on.notContains(value), (actual, wanted) => !actual.includes(wanted)],
  [(on, value) => on.startsWith(value), (actual, wanted) => actual.startsWith(wanted)],
  [(on, value) => on.endsWith(value), (actual, wanted) => actual.endsWith(wanted)],
  [(on, value) => on.lt(value), (actual, wanted) => actual !== '' && actual < wanted],
  [(on, value) => on.lte(value), (actual, wanted) => actual !== '' && actual <= wanted],
  [(on, value) => on.gt(value), (actual, wanted) => actual !== '' && actual > wanted],
  [(on, value) => on.gte(value), (actual, wanted) => actual !== '' && actual >= wanted],
]
const ofText: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom(...texts), fc.constantFrom(...textTests), text)
  .map(([field, [ask, holds], value]) => ({
    build: (query) => ask(query.field(field), value),
    holds: (record) => holds(read(record, field), fold(value)),
  }))
const ofList: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom(...texts), fc.boolean(), fc.array(text, { minLength: 1, maxLength: 3 }))
  .map(([field, inside, values]) => ({
    build: (query) => (inside ? query.field(field).in(values) : query.field(field).notIn(values)),
    holds: (record) => values.map(fold).includes(read(record, field)) === inside,
  }))
const ofRange: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom(...texts), text, text)
  .map(([field, from, to]) => ({
    build: (query) => query.field(field).between(from, to),
    holds: (record) => {
      const actual = read(record, field)
      return actual !== '' && actual >= fold(from) && actual <= fold(to)
    },
  }))
const ofNothing: fc.Arbitrary<Part> = fc
  .tuple(fc.constantFrom(...texts, 'assigned_to' as const, 'resolved_at' as const), fc.boolean())
  .map(([field, empty]) => ({
    build: (query) => (empty ? query.field(field).isEmpty() : query.field(field).isNotEmpty()),
    holds: (record) => (read(record, field) === '') === empty,
  }))
const ofNumber: fc.Arbitrary<Part> = fc
  .tuple(
    fc.constantFrom('reassignment_count', 'impact', 'priority'),
    fc.integer({ min: -1, max: 12 }),
    fc.nat(3),
  )
  .map(([field, wanted, which]) => ({
    build: (query) => {
      const on = query.field(field as 'impact')
      return [on.eq(wanted), on.lt(wanted), on.gte(wanted), on.in([wanted, 1])][which] ?? query
    },
    holds: (record) => {
      const actual = Number(record[field])
      return (
        [actual === wanted, actual < wanted, actual >= wanted, actual === wanted || actual === 1][which] ??
        false
      )
    },
  }))
const ofTime: fc.Arbitrary<Part> = fc
  .tuple(
    fc.constantFrom('opened_at', 'sys_updated_on', 'resolved_at'),
    fc.constantFrom(...held),
    fc.boolean(),
    fc.integer({ min: -1, max: 1 }),
  )
  .map(([field, { sys_updated_on = '' }, later, move]) => {
    const edge = new Date(Date.parse(`${sys_updated_on.replace(' ', 'T')}Z`) + move * 1000)
    const instant = (record: Raw) => Date.parse(`${(record[field] ?? '').replace(' ', 'T')}Z`)
    return {
      build: (query) =>
        later ? query.field(field as 'opened_at').gte(edge) : query.field(field as 'opened_at').lt(edge),
      holds: (record) => (later ? instant(record) >= edge.getTime() : instant(record) < edge.getTime()),
    }
  })
const ofPerson: fc.Arbitrary<Part> = fc
  .tuple(
    fc.constantFrom('first_name', 'email'),
    fc.constantFrom(...[...people.values()].slice(0, 20)),
    fc.nat({ max: 4 }),
  )
  .map(([field, user, from]) => {
    const part = (user[field] ?? '').slice(from, from + 3)
    return {
      build: (query) => query.field(`caller_id.${field}`).contains(part),
      holds: (record) => person(record, field).includes(fold(part)),
    }
  })
const ofBooleans: fc.Arbitrary<Part> = fc.boolean().map((wanted) => ({
  build: (query) => query.matching({ active: wanted, priority: ['1', '2', '3'] }),
  holds: (record) => record.active === String(wanted) && ['1', '2', '3'].includes(record.priority ?? ''),
}))
const ofFields: fc.Arbitrary<Part> = fc.constantFrom(
  {
    build: (query: Query<IncidentRecord>) => query.field('impact').sameAs('urgency'),
    holds: (record: Raw) => record.impact === record.urgency,
  },
  {
    build: (query: Query<IncidentRecord>) => query.field('impact').gtField('urgency'),
    holds: (record: Raw) => Number(record.impact) > Number(record.urgency),
  },
)

const { part } = fc.letrec<{ part: Part }>((tie) => {
  const some = fc.array(tie('part'), { minLength: 2, maxLength: 3 })
  return {
    part: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(ofText, ofText, ofList, ofRange, ofNothing, ofNumber, ofTime, ofPerson, ofBooleans, ofFields),
      some.map(
        (parts): Part => ({
          build: (query) => parts.reduce((built, each) => each.build(built), query),
          holds: (record) => parts.every((each) => each.holds(record)),
        }),
      ),
      some.map(
        (parts): Part => ({
          build: (query) => query.anyOf(...parts.map((each) => each.build)),
          holds: (record) => parts.some((each) => each.holds(record)),
        }),
      ),
      // Inside anyOf(), so that it is a group of its own and not "or" with all that stands before it.
      fc.tuple(tie('part'), tie('part')).map(
        ([first, second]): Part => ({
          build: (query) => query.anyOf((inner) => first.build(inner).newQuery(second.build)),
          holds: (record) => first.holds(record) || second.holds(record),
        }),
      ),
    ),
  }
})

test('the same records as a plain predicate', { timeout: patienceMs }, async () => {
  const seen = { refused: 0, asked: 0, none: 0, some: 0, all: 0 }
  const check = async (each: Part) => {
    let query: Query<IncidentRecord>
    try {
      query = toQuery(each.build, kindsOf('incident'))
      query.toString()
    } catch (error) {
      expect(error).toBeInstanceOf(QueryError)
      seen.refused += 1
      return
    }
    const rows = await client.incidents.list({ where: query, fields: ['sys_id'] }).toArray({ limit: 1000 })
    const wanted = held.filter((record) => each.holds(record)).map((record) => record.sys_id)
    expect(
      rows.map((row) => row.sys_id),
      query.toString(),
    ).toEqual(wanted.sort())
    seen.asked += 1
    if (wanted.length === 0) seen.none += 1
    else if (wanted.length === held.length) seen.all += 1
    else seen.some += 1
  }
  await fc.assert(fc.asyncProperty(part, check), howMany())
  // A test whose queries match nothing, or everything, would not tell a dropped condition from one that was obeyed.
  expect(seen.asked).toBeGreaterThan(100)
  expect(seen.some).toBeGreaterThan(seen.asked / 2)
})

test('every nasty text finds exactly itself', async () => {
  for (const value of nasty) {
    const found = client.incidents.list({ where: { short_description: value }, fields: ['sys_id'] })
    if (isBroken(value) || isScript(value)) {
      await expect(found.toArray({ limit: 10 })).rejects.toThrow(QueryError)
      continue
    }
    const wanted = held.filter((record) => read(record, 'short_description') === fold(value))
    const rows = await found.toArray({ limit: 1000 })
    expect(rows.map((row) => row.sys_id)).toEqual(wanted.map((record) => record.sys_id ?? '').sort())
  }
})
