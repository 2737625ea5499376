/** Field codecs and what is known of the incident table. */
import { createInstance } from '@snowline/simulator'
import { describe, expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import { encodeField, fieldCodecs } from '../../src/tables/fields.ts'
import {
  incidentPriorities,
  incidentStates,
  incidentTable,
  lookUpPriority,
} from '../../src/tables/incident.ts'
import { kindsOf } from '../../src/tables/tables.ts'

test.each([
  ['text', 'a', 'a'],
  ['text', null, ''],
  ['text', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['integer', 7, '7'],
  ['boolean', false, 'false'],
  ['datetime', new Date(Date.UTC(2026, 0, 1, 2, 3, 4, 567)), '2026-01-01 02:03:04'],
  ['datetime', '2026-01-01T01:00+01:00', '2026-01-01 00:00:00'],
  ['datetime', '2026-01-01 05:00:00', '2026-01-01 05:00:00'],
  ['date', new Date(Date.UTC(2026, 0, 1, 23)), '2026-01-01'],
  ['duration', 8 * 3_600_000, '1970-01-01 08:00:00'],
  ['choice', 3, '3'],
] as const)('%s %j travels as %j', (kind, value, wire) => {
  expect(encodeField(kind, value)).toBe(wire)
})

test('a field of unknown kind takes an instant and leaves other texts alone', () => {
  expect(encodeField(undefined, '2026-01-01T01:00:00Z')).toBe('2026-01-01 01:00:00')
  expect(encodeField(undefined, 'in 2026')).toBe('in 2026')
})

test.each<[Parameters<typeof encodeField>[0], Parameters<typeof encodeField>[1]]>([
  ['datetime', '2026-01-01T01:00:00'],
  ['datetime', '2026-99-01T01:00:00Z'],
  ['datetime', new Date('never')],
  ['integer', Number.NaN],
])('refuses %s %s', (kind, value) => {
  expect(() => encodeField(kind, value)).toThrow(QueryError)
})

test('raw values read back as what they mean', () => {
  expect(fieldCodecs.boolean.decode('true')).toBe(true)
  expect(fieldCodecs.boolean.decode('false')).toBe(false)
  expect(fieldCodecs.integer.decode('12')).toBe(12)
  expect(fieldCodecs.integer.decode('12,000')).toBeNull()
  expect(fieldCodecs.datetime.decode('2026-01-01 00:00:00')).toBe('2026-01-01 00:00:00')
  expect(fieldCodecs.datetime.decode('01-Jan-2026')).toBeNull()
  expect(fieldCodecs.duration.decode('1970-01-01 08:00:00')).toBe(28_800_000)
  expect(fieldCodecs.date.decode('2026-01-01')).toBe('2026-01-01')
  expect(fieldCodecs.text.decode('')).toBeNull()
})

describe('incident', () => {
  test('the priority table out of the box', () => {
    const table = ['1', '2', '3'].map((impact) =>
      ['1', '2', '3'].map((urgency) => lookUpPriority(impact, urgency)),
    )
    expect(table).toEqual([
      ['1', '2', '3'],
      ['2', '3', '4'],
      ['3', '4', '5'],
    ])
    expect(lookUpPriority('0', '1')).toBeNull()
  })

  test('states and priorities are the ones an instance shows', () => {
    const choices = createInstance()
      .control.records('sys_choice')
      .filter(({ name }) => name === 'incident' || name === 'task')
    const shown = (element: string) => {
      const of = choices.filter((choice) => choice.element === element)
      return Object.fromEntries(of.map(({ value, label }) => [value ?? '', label]))
    }
    expect(shown('state')).toMatchObject(incidentStates)
    expect(shown('priority')).toMatchObject(incidentPriorities)
  })

  test('every field it names is one of the instance', () => {
    const [record] = createInstance({ incidents: 1 }).control.records('incident')
    const known = new Set([...Object.keys(record ?? {}), 'comments', 'work_notes', 'comments_and_work_notes'])
    expect(Object.keys(incidentTable.fields).filter((field) => !known.has(field))).toEqual([])
  })

  test('kinds of fields, and journal fields on any table', () => {
    expect(kindsOf('incident')('opened_at')).toBe('datetime')
    expect(kindsOf('incident')('toString')).toBeUndefined()
    expect(kindsOf('problem')('work_notes')).toBe('journal')
    expect(kindsOf('problem')('state')).toBeUndefined()
  })
})
