/** Declarations: types, refusals, computed rules, nested members, prototypes. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { MappingError } from '../../src/base/errors.ts'
import { defineMapper } from '../../src/mapper/define-mapper.ts'
import type { TicketPath } from '../../src/mapper/path.ts'
import type { Rule } from '../../src/mapper/rules.ts'
import { defineTable } from '../../src/tables/define-table.ts'
import { incidentTable } from '../../src/tables/incident.ts'

interface Case {
  title: string
  person: { mail: string; phone?: { home: string } | null }
  minutes: number
  from: Date
  tags: string[]
}

test('types: paths, rule names and fields are inferred', () => {
  expectTypeOf<TicketPath<Case>>().toEqualTypeOf<
    'title' | 'person' | 'person.mail' | 'person.phone' | 'person.phone.home' | 'minutes' | 'from' | 'tags'
  >()
  const mapper = defineMapper<Case>()({
    table: incidentTable,
    rules: { title: { kind: 'text', from: 'title', to: 'short_description' }, rest: { kind: 'passthrough' } },
  })
  expectTypeOf(mapper.ruleNames).toEqualTypeOf<readonly ('title' | 'rest')[]>()
  expectTypeOf(mapper.toRecord).parameter(0).toEqualTypeOf<Case>()
  expectTypeOf(mapper.toTicket({}).ticket).toEqualTypeOf<Partial<Case>>()
  type Field = keyof typeof incidentTable.fields
  expectTypeOf<{ kind: 'text'; from: 'title'; to: 'u_any' }>().toExtend<Rule<Case, Field | `u_${string}`>>()
  expectTypeOf<{ kind: 'text'; from: 'titel'; to: 'u_any' }>().not.toExtend<
    Rule<Case, Field | `u_${string}`>
  >()
  expectTypeOf<{ kind: 'text'; from: 'title'; to: 'short_desc' }>().not.toExtend<
    Rule<Case, Field | `u_${string}`>
  >()
  const patch = () => mapper.patch({} as Case, {}, {}, { rules: ['title'] })
  expectTypeOf(patch).returns.toHaveProperty('changes')
})

test('nested members, integers and computed fields, both ways', () => {
  const table = defineTable('u_case', {
    u_title: 'text',
    u_mail: 'text',
    u_minutes: 'integer',
    u_slot: 'text',
  })
  const mapper = defineMapper<{
    title: string
    person: { mail: string }
    minutes: number
    day: string
    hour: string
  }>()({
    table,
    rules: {
      mail: { kind: 'text', from: 'person.mail', to: 'u_mail' },
      minutes: { kind: 'text', from: 'minutes', to: 'u_minutes' },
      slot: {
        kind: 'computed',
        from: ['day', 'hour'],
        to: ['u_slot'],
        toRecord: ({ day, hour }) => ({ u_slot: `${day} ${hour}` }),
        toTicket({ u_slot = ' ' }) {
          const [day = '', hour = ''] = u_slot.split(' ')
          return { day, hour }
        },
      },
    },
  })
  const ticket = { title: 'T', person: { mail: 'a@b.test' }, minutes: 5, day: 'Mon', hour: '9' }
  const { fields, unmapped } = mapper.toRecord(ticket)
  expect(fields).toEqual({ u_mail: 'a@b.test', u_minutes: '5', u_slot: 'Mon 9' })
  expect(unmapped).toEqual([{ field: 'title', reason: 'no rule reads it' }])
  const { title: _title, ...rest } = ticket
  expect(mapper.toTicket(fields).ticket).toEqual(rest)
  expect(mapper.patch({ ...ticket, hour: '10' }, fields).fields).toEqual({ u_slot: 'Mon 10' })
})

test('one direction only', () => {
  const mapper = defineMapper<{ number: string; title: string }>()({
    table: incidentTable,
    rules: {
      number: { kind: 'text', from: 'number', to: 'number', direction: 'toTicket' },
      title: { kind: 'text', from: 'title', to: 'short_description', direction: 'toRecord' },
      id: { kind: 'text', from: 'number', to: 'sys_id', direction: 'toTicket' },
    },
  })
  expect(mapper.toRecord({ number: 'INC1', title: 'T' }).fields).toEqual({ short_description: 'T' })
  expect(mapper.toTicket({ number: 'INC1', short_description: 'T' }).ticket).toEqual({ number: 'INC1' })
})

describe('declarations that are refused', () => {
  const text = { kind: 'text', from: 'title', to: 'short_description' } as const
  const polluted = JSON.parse('{"__proto__":"1"}') as Record<string, string>
  test.each<[string, Record<string, unknown>]>([
    ['a path to a prototype', { a: { ...text, from: '__proto__.x' } }],
    ['a path through a prototype', { a: { ...text, from: 'a.__proto__.b' } }],
    ['a path to a constructor', { a: { ...text, from: 'constructor.prototype' } }],
    ['an empty segment', { a: { ...text, from: 'a..b' } }],
    ['a field that is a prototype', { a: { ...text, to: '__proto__' } }],
    ['a field that is no name', { a: { ...text, to: 'state^active' } }],
    ['a field the instance keeps', { a: { ...text, to: 'sys_created_on' } }],
    ['a value table with __proto__', { a: { kind: 'values', from: 'title', to: 'state', table: polluted } }],
    [
      'a value table that inherits',
      { a: { kind: 'values', from: 'title', to: 'state', table: Object.create({ x: '1' }) } },
    ],
    [
      'a row of the wrong width',
      { a: { kind: 'values', from: 'title', to: ['impact', 'urgency'], table: { x: '1' } } },
    ],
    ['a read table with __proto__', { a: { kind: 'values', from: 'title', to: 'state', reads: polluted } }],
    ['rules with __proto__', JSON.parse('{"__proto__":{"kind":"passthrough"}}') as Record<string, unknown>],
    ['two passthroughs', { a: { kind: 'passthrough' }, b: { kind: 'passthrough' } }],
    ['an unknown kind', { a: { kind: 'magic', to: 'state' } }],
    ['a heading of two lines', { a: { ...text, to: 'description', section: 'A\nB' } }],
    ['a heading twice', { a: { ...text, section: 'A' }, b: { ...text, section: 'A' } }],
    ['a section with a condition', { a: { ...text, section: 'A', when: { field: 'state', is: ['6'] } } }],
    ['a length of one', { a: { ...text, maxLength: 1 } }],
  ])('%s', (_name, rules) => {
    expect(() => defineMapper()({ table: incidentTable, rules: rules as never })).toThrow(MappingError)
    expect('x' in {}).toBe(false)
  })
})

describe('values that are refused by table, field and kind, and never shown', () => {
  const mapper = defineMapper<{ title: unknown; due: unknown }>()({
    table: incidentTable,
    rules: {
      title: { kind: 'text', from: 'title', to: 'short_description' },
      due: { kind: 'date', from: 'due', to: 'due_date' },
    },
  })
  test.each<[string, () => unknown, object]>([
    [
      'an object',
      () => mapper.toRecord({ title: { secret: 1 }, due: null }),
      { field: 'title', kind: 'text' },
    ],
    [
      'not a number',
      () => mapper.toRecord({ title: Number.NaN, due: null }),
      { field: 'title', kind: 'text' },
    ],
    ['a number as a date', () => mapper.toRecord({ title: 'A', due: 5 }), { field: 'due', kind: 'date' }],
    [
      'a display value',
      () => mapper.toTicket({ location: { display_value: 'secret', link: 'x' } }),
      { field: 'location', kind: 'display value' },
    ],
    [
      'a number in a record',
      () => mapper.patch({ title: '', due: '' }, { state: 6 }),
      { field: 'state', kind: 'number' },
    ],
  ])('%s', (_name, act, place) => {
    expect(act).toThrow(expect.objectContaining({ name: 'MappingError', table: 'incident', ...place }))
    expect(act).not.toThrow(/secret/)
  })
  test('what a prototype holds is not read', () => {
    const ticket = Object.assign(Object.create({ title: 'inherited' }), { due: null }) as {
      title: unknown
      due: unknown
    }
    expect(mapper.toRecord(ticket).fields).toEqual({})
  })
})

test('a computed rule is held to the fields it names', () => {
  const mapper = defineMapper<{ a: string }>()({
    table: incidentTable,
    rules: {
      a: {
        kind: 'computed',
        from: ['a'],
        to: ['state'],
        toRecord: () => ({ priority: '1' }) as { state?: string },
      },
    },
  })
  expect(() => mapper.toRecord({ a: '' })).toThrow(/not named/)
})
