/** Round trips: known values, any text in any part of a shared field, dates. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copilotMapper } from '../../src/mapper/copilot.ts'
import { defineMapper } from '../../src/mapper/define-mapper.ts'
import { createLayout } from '../../src/mapper/sections.ts'
import { incidentTable } from '../../src/tables/incident.ts'

const headings = ['AI Suggestions', 'Full subject', 'Full description', ' AI Suggestions', '  Full subject']
const line = fc.oneof(fc.constantFrom(...headings, '', ' '), fc.string({ unit: 'binary' }))
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n\n', '\r\n', '\r', '')), { maxLength: 8 })
  .map((lines) => lines.flat().join(''))
const some = text.filter((value) => value !== '')

const mapper = copilotMapper({
  overrides: { description: { kind: 'text', from: 'description', to: 'description' } },
})

test('any subject, description and suggestions survive', () => {
  fc.assert(
    fc.property(some, some, some, fc.boolean(), (subject, description, ai_suggestions, long) => {
      const ticket = {
        id: 1,
        subject: long ? subject.padEnd(200, subject) : subject,
        description,
        ai_suggestions,
      }
      const { ticket: back } = mapper.toTicket(mapper.toRecord(ticket).fields)
      expect(back).toMatchObject({ subject: ticket.subject, description, ai_suggestions })
    }),
    { numRuns: 1_000 },
  )
})

test('a shared field gives every part back', () => {
  const layout = createLayout('description', ['Full subject', 'Second'], ['AI Suggestions', 'Notes'])
  const part = fc.option(some, { nil: undefined })
  fc.assert(
    fc.property(part, part, text, part, part, (a, b, body, c, d) => {
      expect(layout.parse(layout.compose([a, b, body, c, d]))).toEqual([a, b, body, c, d])
    }),
    { numRuns: 1_000 },
  )
})

test('known words survive', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('open', 'in_progress', 'pending', 'resolved', 'closed'),
      fc.constantFrom('low', 'medium', 'high', 'urgent'),
      fc.string({ minLength: 1 }),
      (status, priority, category) => {
        const ticket = { id: 1, status, priority, category }
        expect(mapper.toTicket(mapper.toRecord(ticket).fields).ticket).toEqual({ status, priority, category })
      },
    ),
  )
})

test('codes in no table survive', () => {
  fc.assert(
    fc.property(
      fc
        .string({ minLength: 1 })
        .filter((code) => !/^[1-8]$|^(open|in_progress|pending|resolved|closed)$/.test(code)),
      (state) => {
        const { ticket } = mapper.toTicket({ state })
        expect(ticket).toEqual({ status: state })
        expect(mapper.toRecord({ id: 1, ...ticket }).fields.state).toBe(state)
      },
    ),
  )
})

const dates = defineMapper<{ due: Date | string | null; seen: string }>()({
  table: incidentTable,
  rules: {
    due: { kind: 'date', from: 'due', to: 'due_date', as: 'date' },
    seen: { kind: 'date', from: 'seen', to: 'opened_at' },
  },
})

test('whole seconds survive as a Date and as ISO', () => {
  const seconds = fc.integer({ min: -2_000_000_000, max: 20_000_000_000 })
  fc.assert(
    fc.property(seconds, (at) => {
      const due = new Date(at * 1_000)
      const seen = due.toISOString().replace('.000Z', 'Z')
      const { fields } = dates.toRecord({ due, seen })
      expect(fields.due_date).toBe(fields.opened_at)
      expect(dates.toTicket(fields).ticket).toEqual({ due, seen })
    }),
  )
})

test.each([
  ['2026-03-01T01:30:00+01:00', '2026-03-01 00:30:00'],
  ['2026-03-01T01:30:00.999Z', '2026-03-01 01:30:00'],
  ['2026-03-01 01:30:00', '2026-03-01 01:30:00'],
  ['2026-03-01T01:30:00', undefined],
  ['2026-02-30 00:00:00', undefined],
  ['tomorrow', undefined],
])('%s is the instant %s', (due, stamp) => {
  const { fields, unmapped } = dates.toRecord({ due, seen: '' })
  expect(fields.due_date).toBe(stamp)
  expect(unmapped.length).toBe(stamp === undefined ? 1 : 0)
})

test('null clears a date in a patch', () => {
  expect(dates.patch({ due: null, seen: '' }, { due_date: '2026-03-01 00:00:00' }).fields).toEqual({
    due_date: '',
  })
})
