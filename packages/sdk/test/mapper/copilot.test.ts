/** The preset, line by line of the table "Ticket to incident". */
import { describe, expect, test } from 'vitest'
import { MappingError } from '../../src/base/errors.ts'
import { type CopilotTicket, copilotMapper } from '../../src/mapper/copilot.ts'
import { correlationKey } from '../../src/mapper/correlation.ts'

const mapper = copilotMapper()
const ann = '46f09e75a9fe198100f4ffd8d366d17b'
const group = '287ebd7da9fe198100f92cc8d1d2154e'
const fieldsOf = (ticket: Partial<CopilotTicket>) => mapper.toRecord({ id: 7, ...ticket }).fields

test('a whole ticket, as it is sent', () => {
  const ticket = {
    id: 7,
    subject: 'VPN is down',
    description: 'Since Monday.',
    status: 'in_progress',
    priority: 'high',
    category: 'network',
    requester_email: 'ann@example.test',
    ai_suggestions: 'Restart the client.',
    created_at: '2026-03-01 10:00:00',
  }
  const context = {
    lookups: [{ table: 'sys_user', by: 'email', value: 'ann@example.test', found: [ann] }],
    choices: { category: ['network', 'software'] },
    settings: { defaultAssignmentGroup: group, installationId: 'site-1', linkGeneration: 2 },
  }
  expect(mapper.toRecord(ticket, context)).toEqual({
    fields: {
      short_description: 'VPN is down',
      description: 'Since Monday.\n\nAI Suggestions\nRestart the client.',
      priority: '2',
      impact: '2',
      urgency: '1',
      category: 'network',
      caller_id: ann,
      correlation_id: 'site-1:7:2',
      correlation_display: 'Copilot',
      state: '2',
      assignment_group: group,
    },
    journal: { work_notes: 'Copilot Ticket ID: 7' },
    unmapped: [],
    warnings: [],
    missing: [],
  })
  expect(mapper.needs(ticket)).toEqual([
    { rule: 'caller', table: 'sys_user', by: 'email', value: 'ann@example.test', where: { active: 'true' } },
  ])
})

describe('subject and description', () => {
  test('160 characters stay, 161 are cut and kept in full in the description', () => {
    const fits = 'x'.repeat(160)
    expect(fieldsOf({ subject: fits }).short_description).toBe(fits)
    const long = `${'x'.repeat(160)}y`
    const fields = fieldsOf({ subject: long, description: 'body', ai_suggestions: 'hint' })
    expect(fields.short_description).toBe(`${'x'.repeat(159)}…`)
    expect(fields.description).toBe(`Full subject\n${long}\n\nFull description\nbody\n\nAI Suggestions\nhint`)
    expect(mapper.toTicket(fields).ticket).toMatchObject({
      subject: long,
      description: 'body',
      ai_suggestions: 'hint',
    })
  })
  test('a cut never splits a surrogate pair', () => {
    const cut = fieldsOf({ subject: `${'x'.repeat(158)}\u{1F9CA}${'y'.repeat(10)}` }).short_description
    expect(cut).toBe(`${'x'.repeat(158)}…`)
  })
  test('over 4,000 characters are cut with a warning', () => {
    const { fields, warnings } = mapper.toRecord({
      id: 7,
      description: 'x'.repeat(5_000),
      category: 'software',
    })
    expect(fields.description).toHaveLength(4_000)
    expect(warnings.map(({ field }) => field)).toContain('description')
    expect(mapper.patch({ id: 7, description: 'x'.repeat(5_000) }, fields).fields).toEqual({})
  })
})

test.each([
  ['urgent', '1', '1', '1'],
  ['high', '2', '2', '1'],
  ['medium', '3', '2', '2'],
  ['low', '4', '3', '2'],
])('priority %s is %s, sent as impact %s and urgency %s', (word, priority, impact, urgency) => {
  expect(fieldsOf({ priority: word })).toMatchObject({ priority, impact, urgency })
  expect(fieldsOf({ priority: null, predicted_priority: word })).toMatchObject({ priority, impact, urgency })
  expect(fieldsOf({ priority: word, predicted_priority: 'low' })).toMatchObject({ priority })
  expect(mapper.toTicket({ priority }).ticket).toEqual({ priority: word })
})

describe('category', () => {
  const mapped = (category: string | null, choices?: string[], predicted?: string) => {
    const context = choices === undefined ? {} : { choices: { category: choices } }
    const { fields, warnings } = mapper.toRecord({ id: 7, category, predicted_category: predicted }, context)
    return [fields.category, warnings.filter(({ field }) => field === 'category').length]
  }
  test.each<[string, unknown[], unknown[]]>([
    ['empty', mapped(null), ['software', 0]],
    ['predicted', mapped('', ['hardware'], 'hardware'), ['hardware', 0]],
    ['a choice', mapped('hardware', ['hardware']), ['hardware', 0]],
    ['a choice in another case', mapped('Hardware', ['hardware']), ['hardware', 0]],
    ['known to be no choice', mapped('garden', ['software']), ['software', 1]],
    ['choices that cannot be read', mapped('garden'), ['garden', 1]],
  ])('%s', (_name, actual, expected) => expect(actual).toEqual(expected))
  test('a label finds its value', () => {
    const context = { choices: { category: [{ value: 'net', label: 'Network' }] } }
    expect(mapper.toRecord({ id: 7, category: 'network' }, context).fields.category).toBe('net')
  })
})

describe('caller', () => {
  const mapped = (found: readonly string[] | 'refused' | null, defaultCaller?: string) => {
    const lookups = found === null ? [] : [{ table: 'sys_user', by: 'email', value: 'a@b.test', found }]
    const ticket = { id: 7, requester_email: ' a@b.test ' }
    const { fields, warnings } = mapper.toRecord(ticket, { lookups, settings: { defaultCaller } })
    return [fields.caller_id, warnings.filter(({ field }) => field === 'caller_id').length]
  }
  test.each<[string, unknown[], unknown[]]>([
    ['one match', mapped([ann]), [ann, 0]],
    ['no match, default', mapped([], group), [group, 0]],
    ['two matches, default', mapped([ann, group], group), [group, 0]],
    ['refused, default', mapped('refused', group), [group, 0]],
    ['refused, no default', mapped('refused'), [undefined, 1]],
    ['not looked up', mapped(null), [undefined, 1]],
    ['a default that is no sys_id', mapped([], 'admin'), [undefined, 1]],
  ])('%s', (_name, actual, expected) => expect(actual).toEqual(expected))
  test('a sys_id given as an e-mail address is looked up like any other', () => {
    expect(mapper.toRecord({ id: 7, requester_email: ann }).fields.caller_id).toBeUndefined()
  })
})

describe('status', () => {
  test.each([
    ['open', '1'],
    ['in_progress', '2'],
    ['pending', '3'],
    ['resolved', '6'],
    ['closed', '7'],
  ])('%s is %s and back', (status, state) => {
    expect(fieldsOf({ status }).state).toBe(state)
    expect(mapper.toTicket({ state }).ticket).toEqual({ status })
  })
  test('Canceled reads as closed, and an unchanged ticket leaves it so', () => {
    expect(mapper.toTicket({ state: '8' }).ticket).toEqual({ status: 'closed' })
    expect(mapper.patch({ id: 7, status: 'closed' }, { state: '8' }).fields).toEqual({})
    expect(mapper.same('state', '7', '8')).toBe(true)
  })
  test.each([
    ['pending', ['hold_reason']],
    ['resolved', ['close_code', 'close_notes']],
    ['closed', ['close_code', 'close_notes']],
    ['open', []],
  ])('what %s demands is known before the call', (status, missing) => {
    const asked = mapper.toRecord({ id: 7, status })
    expect(asked.missing.map(({ field }) => field)).toEqual(missing)
    const settings = { holdReason: '1', closeCode: 'Duplicate', closeNotes: 'See INC1.' }
    expect(mapper.toRecord({ id: 7, status }, { settings }).missing).toEqual([])
    const patch = mapper.patch(
      { id: 7, status },
      { state: '4', close_code: '', close_notes: '' },
      { settings },
    )
    expect(patch.missing).toEqual([])
    expect(Object.keys(patch.fields)).toEqual(['state', ...missing])
  })
  test('a close code the instance does not know is missing, not sent', () => {
    const context = { choices: { close_code: ['Duplicate'] } }
    const ticket = { id: 7, status: 'resolved', close_code: 'Solved (Permanently)', close_notes: 'Done.' }
    const { fields, missing, unmapped } = mapper.toRecord(ticket, context)
    expect(fields.close_code).toBeUndefined()
    expect(missing.map(({ label }) => label)).toEqual(['Resolution code'])
    expect(unmapped).toEqual([{ field: 'close_code', reason: expect.stringContaining('no choice') }])
  })
})

describe('the key', () => {
  test('100 characters fit, 101 are refused with a hint', () => {
    const ticketId = 'x'.repeat(100 - 'copilot::1'.length)
    expect(correlationKey({ ticketId })).toHaveLength(100)
    expect(() => mapper.toRecord({ id: `${ticketId}x` })).toThrow(MappingError)
    expect(() => mapper.toRecord({ id: `${ticketId}x` })).toThrow(
      expect.objectContaining({ code: 'mapping.failed', hint: expect.stringContaining('shorter') }),
    )
  })
  test('a patch never touches it', () => {
    expect(
      mapper.patch({ id: 8, subject: 'B' }, { short_description: 'A', correlation_id: 'x' }).fields,
    ).toEqual({
      short_description: 'B',
    })
  })
  test.each([{ ticketId: '' }, { ticketId: 1, installationId: 'a:b' }, { ticketId: 1, generation: -1 }])(
    'refuses %o',
    (parts) => expect(() => correlationKey(parts)).toThrow(MappingError),
  )
})

describe('what the host replaces', () => {
  test('a line, a removed line, a further line', () => {
    const own = copilotMapper<CopilotTicket & { title: string; floor: number }>({
      overrides: {
        subject: { kind: 'text', from: 'title', to: 'short_description' },
        status: { kind: 'values', from: 'status', to: 'state', table: { neu: '1' } },
        note: null,
      },
      rules: { floor: { kind: 'text', from: 'floor', to: 'u_floor' } },
    })
    const { fields, journal } = own.toRecord({
      id: 1,
      title: 'T',
      status: 'neu',
      floor: 3,
      category: 'software',
    })
    expect(fields).toMatchObject({ short_description: 'T', state: '1', u_floor: '3' })
    expect(journal).toEqual({})
  })
  test('overrides of one call win, and cannot reach the key or what the instance keeps', () => {
    const { fields, missing } = mapper.toRecord(
      { id: 7, status: 'resolved', subject: 'A' },
      { overrides: { short_description: 'B', close_code: 'Duplicate', u_cost: '4', description: '' } },
    )
    expect(fields).toMatchObject({ short_description: 'B', close_code: 'Duplicate', u_cost: '4' })
    expect(missing.map(({ field }) => field)).toEqual(['close_notes'])
    for (const field of ['correlation_id', 'sys_id', 'nonsense', '__proto__', 'state^active']) {
      const overrides = JSON.parse(
        JSON.stringify({ [field]: 'x' }).replace('{}', '{"__proto__":"x"}'),
      ) as Record<string, string>
      expect(() => mapper.toRecord({ id: 7 }, { overrides }), field).toThrow(MappingError)
    }
  })
})

test('custom fields pass on both ways; objects among them are reported', () => {
  const ticket = { id: 7, u_asset: 'P1', u_count: 3, u_flag: true, u_list: [1], channel: 'chat' }
  const { fields, unmapped } = mapper.toRecord(ticket)
  expect(fields).toMatchObject({ u_asset: 'P1', u_count: '3', u_flag: 'true' })
  expect(unmapped.map(({ field }) => field)).toEqual(['u_list', 'channel'])
  expect(mapper.toTicket({ u_asset: 'P1', location: 'x' })).toMatchObject({
    ticket: { u_asset: 'P1' },
    unmapped: [{ field: 'location', reason: 'no rule reads it' }],
  })
})

test('a dry run is the exact body', () => {
  const ticket = { id: 7, subject: 'A', status: 'open' }
  const post = mapper.dryRun(ticket)
  expect([post.method, post.table]).toEqual(['POST', 'incident'])
  expect(post.body).toEqual({ ...mapper.toRecord(ticket).fields, work_notes: 'Copilot Ticket ID: 7' })
  const patch = mapper.dryRun(ticket, {}, { short_description: 'A', state: '2' })
  expect([patch.method, patch.body]).toEqual(['PATCH', { state: '1' }])
})
