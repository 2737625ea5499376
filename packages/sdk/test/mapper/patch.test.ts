/** Patches: only what the ticket says differently, defaults only where the instance demands them, parts the ticket does not speak of kept. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copilotMapper } from '../../src/mapper/copilot.ts'

const mapper = copilotMapper()

describe('changed fields only', () => {
  const base = mapper.toRecord({
    id: 7,
    subject: 'A',
    description: 'B',
    status: 'open',
    priority: 'low',
  }).fields
  test('one change, with its from and to', () => {
    const patch = mapper.patch({ id: 7, subject: 'A', status: 'in_progress', priority: 'low' }, base)
    expect(patch.fields).toEqual({ state: '2' })
    expect(patch.changes).toEqual([{ field: 'state', from: '1', to: '2' }])
    expect(patch.unchanged).toContain('short_description')
    expect(patch.journal).toEqual({})
  })
  test('levels that give the same priority are left as a person set them', () => {
    const record = { priority: '2', impact: '1', urgency: '2' }
    expect(mapper.patch({ id: 7, priority: 'high' }, record).fields).toEqual({})
    expect(mapper.patch({ id: 7, priority: 'urgent' }, record).fields).toEqual({
      priority: '1',
      urgency: '1',
    })
  })
  test('a text is cleared by null, a choice is not', () => {
    const patch = mapper.patch({ id: 7, description: null, status: null, category: '' }, base)
    expect(patch.fields).toEqual({ description: '' })
  })
  test('the suggestions stay when the ticket does not speak of them', () => {
    const description = 'B\n\nAI Suggestions\nC'
    expect(mapper.patch({ id: 7, description: 'D' }, { description }).fields.description).toBe(
      'D\n\nAI Suggestions\nC',
    )
    expect(
      mapper.patch({ id: 7, description: 'B' }, { description: 'B\r\n\r\nAI Suggestions\r\nC' }).fields,
    ).toEqual({})
  })
  test('named rules only', () => {
    const ticket = { id: 7, subject: 'Z', status: 'closed' }
    const patch = mapper.patch(ticket, base, {}, { rules: ['status', 'closeCode', 'closeNotes'] })
    expect(patch.fields).toEqual({ state: '7' })
    expect(patch.missing.map(({ field }) => field)).toEqual(['close_code', 'close_notes'])
  })
  test('a caller the record already has needs no look-up', () => {
    const record = { caller_id: 'x', 'caller_id.email': 'Ann@example.test' }
    const patch = mapper.patch({ id: 7, requester_email: 'ann@example.test' }, record)
    expect([patch.fields, patch.warnings, patch.unmapped]).toEqual([{}, [], []])
  })
  test('defaults do not overwrite or fill on an update', () => {
    const settings = {
      defaultCaller: '46f09e75a9fe198100f4ffd8d366d17b',
      defaultAssignmentGroup: '287ebd7da9fe198100f92cc8d1d2154e',
    }
    const patch = mapper.patch(
      { id: 7, subject: 'Z', category: null },
      { short_description: 'A', category: '' },
      { settings },
    )
    expect(patch.fields).toEqual({ short_description: 'Z' })
  })
})

const code = fc.oneof(fc.constantFrom('1', '2', '3', '5', '6', '7', '8', '42', ''), fc.string())
const anyRecord = fc.record(
  {
    short_description: fc.string({ unit: 'binary', maxLength: 400 }),
    description: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'AI Suggestions',
            ' AI Suggestions',
            'Full subject',
            'Full description',
            '',
            'text',
            '\r',
          ),
          {
            maxLength: 12,
          },
        )
        .map((lines) => lines.join('\n')),
    ),
    state: code,
    priority: code,
    impact: code,
    urgency: code,
    category: fc.string(),
    hold_reason: fc.string(),
    close_code: fc.string(),
    close_notes: fc.string(),
    'caller_id.email': fc.emailAddress(),
    caller_id: fc.constant('46f09e75a9fe198100f4ffd8d366d17b'),
    u_custom: fc.string(),
  },
  { requiredKeys: [] },
)

test('a ticket just read from a record changes nothing of it, whatever the record says', () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      const { ticket } = mapper.toTicket(record)
      const patch = mapper.patch({ id: 7, ...ticket }, record, { choices: { category: ['software'] } })
      expect(patch.fields).toEqual({})
      expect(patch.missing).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('what a patch sends is what the next patch finds', () => {
  fc.assert(
    fc.property(anyRecord, anyRecord, (before, wanted) => {
      const ticket = { id: 7, ...mapper.toTicket(wanted).ticket }
      const { fields } = mapper.patch(ticket, before)
      expect(mapper.patch(ticket, { ...before, ...fields }).fields).toEqual({})
    }),
    { numRuns: 500 },
  )
})
