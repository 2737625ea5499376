/** What a push that was written down means for its ticket. */
import type { OutboxEntry, SourceRecord } from '@snowline/sdk/sync'
import { expect, test } from 'vitest'
import { type Settlement, settledChange, syncStamp } from '../../src/push/settled.ts'
import type { Ticket } from '../../src/tickets/ticket-store.ts'

const NOW = Date.parse('2026-11-02T09:00:00.250Z')
const SYS_ID = 'a'.repeat(32) as NonNullable<OutboxEntry['sysId']>

const ticket: Ticket = {
  id: '1',
  subject: 'One',
  description: '',
  status: 'pending',
  priority: null,
  predicted_priority: null,
  category: null,
  predicted_category: null,
  requester_email: null,
  ai_suggestions: null,
  created_at: '2026-11-02T08:00:00Z',
  updated_at: '2026-11-02T08:00:00Z',
  sn_sys_id: null,
  sn_number: null,
  sn_last_sync_at: null,
  sn_sync_status: null,
  sn_last_error: null,
}
const linked: Ticket = { ...ticket, sn_sys_id: SYS_ID, sn_number: 'INC1', sn_sync_status: 'ok' }

const entryOf = (more: Partial<OutboxEntry>): OutboxEntry => ({
  opId: 'op',
  connection: 'env',
  ticket: '1',
  kind: 'create',
  key: 'k',
  sysId: null,
  payload: {},
  base: {},
  state: 'done',
  seq: 1,
  createdAt: 0,
  notBefore: 0,
  unknownUntil: null,
  tries: 0,
  token: 1,
  claimedUntil: 0,
  lookFirst: false,
  conflicts: [],
  force: false,
  fault: null,
  result: { sysId: SYS_ID, number: 'INC1' },
  ...more,
})
const record = { sys_id: SYS_ID, number: 'INC1', state: '1', work_notes: '' } as unknown as SourceRecord
const change = (of: Ticket, entry: OutboxEntry, more: Partial<Settlement> = {}) =>
  settledChange(
    { ticket: of, queue: [entry], agreed: null },
    { entry, record, nowMs: NOW, theirs: [], takenBy: null, ...more },
  )

test('a create that arrived: the five columns, and what both sides agree on', () => {
  expect(change(ticket, entryOf({}))).toMatchObject({
    link: {
      sn_sys_id: SYS_ID,
      sn_number: 'INC1',
      sn_last_sync_at: '2026-11-02T09:00:00.250Z',
      sn_sync_status: 'ok',
      sn_last_error: null,
    },
    agreed: { sys_id: SYS_ID, number: 'INC1', state: '1' },
    audit: { entry: { action: 'push.done', target: 'ticket:1' } },
  })
})

test('an incident that another ticket has: no link, and words for it', () => {
  const { link } = change(ticket, entryOf({}), { takenBy: '9' })
  expect(link).toMatchObject({ sn_sync_status: 'failed', sn_last_error: expect.stringContaining('ticket 9') })
  expect(link).not.toHaveProperty('sn_sys_id')
})

test('put back: nothing changes, nothing is audited', () => {
  const fault = { code: 'response.hibernating', message: '' }
  expect(change(ticket, entryOf({ state: 'pending', result: null, fault }), { record: null })).toEqual({})
})

test('given up: the words for people, with what to do', () => {
  const fault = { code: 'instance.write_acl', message: 'ACL Exception', hint: 'Give this user a role.' }
  const { link, agreed } = change(ticket, entryOf({ state: 'dead', result: null, fault }), { record: null })
  expect(link).toMatchObject({ sn_sync_status: 'failed' })
  expect(link?.sn_last_error).toBe(
    'ServiceNow denies the integration user access to this table. Give this user a role.',
  )
  expect(agreed).toBeUndefined()
})

test('a field that the instance dropped in silence is a failure, though the update is done', () => {
  const fault = {
    code: 'push.fields_dropped',
    message: 'The instance did not take over state',
    hint: 'Check it.',
  }
  const { link } = change(linked, entryOf({ kind: 'update', sysId: SYS_ID, fault }))
  expect(link).toMatchObject({
    sn_sync_status: 'failed',
    sn_last_error: 'The instance did not take over state. Check it.',
  })
})

test('theirs was chosen: the ticket takes their status, marked', () => {
  const theirs = [{ field: 'state', base: '1', ours: '3', theirs: '6' }]
  const entry = entryOf({ kind: 'update', sysId: SYS_ID, result: null })
  expect(change(linked, entry, { record: null, theirs })).toMatchObject({
    fields: { status: 'resolved' },
    link: { sn_last_sync_at: '2026-11-02T09:00:00.250Z' },
    agreed: { state: '6' },
  })
})

test('a note says nothing about what both sides agree on', () => {
  expect(change(linked, entryOf({ kind: 'note', sysId: SYS_ID }))).not.toHaveProperty('agreed')
})

test('the mark differs from the one before it, even within a millisecond', () => {
  const first = syncStamp(NOW, null)
  expect(syncStamp(NOW, first)).toBe('2026-11-02T09:00:00.251Z')
})
