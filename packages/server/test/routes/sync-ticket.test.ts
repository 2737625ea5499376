/** From a linked ticket to its incident: status, notes, conflicts, and what a person decides. */
import type { TicketView } from '@snowline/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { CLAIM_S, Desk, type DeskOptions, WAIT_S } from '../desk.ts'

const opened: Desk[] = []
const open = async (options: DeskOptions = {}): Promise<Desk> => {
  const desk = await Desk.open(options)
  opened.push(desk)
  return desk
}
afterEach(async () => {
  for (const desk of opened.splice(0)) await desk.close()
})

const ticketOf = (body: Record<string, unknown>) => body.ticket as TicketView

/** Somebody works on the incident in ServiceNow. */
async function remotely(desk: Desk, sysId: string, fields: Record<string, string>): Promise<void> {
  const response = await desk.server.instance.fetch(
    new Request(`https://dev00000.service-now.com/api/now/table/incident/${sysId}`, {
      method: 'PATCH',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    }),
  )
  expect(response.status).toBe(200)
}

describe('status', () => {
  test('a change of the ticket is queued with it, shown as pending, and arrives once', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const changed = await desk.patch(ticket.id, { status: 'in_progress' })
    expect(ticketOf(changed.body)).toMatchObject({ status: 'in_progress', sn_sync_status: 'pending' })
    await desk.settle()
    expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
    expect(await desk.read(ticket.id)).toMatchObject({ sn_sync_status: 'ok' })
    expect(desk.writes()).toBe(2)
    await desk.patch(ticket.id, { subject: 'Another subject' })
    await desk.settle()
    expect(desk.writes()).toBe(2)
  })

  test('an hour asleep: every change is kept, and the last one is what the incident says', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const { control } = desk.server.instance
    control.setFault({ kind: 'hibernating' })
    for (const status of ['in_progress', 'open', 'in_progress']) {
      expect((await desk.patch(ticket.id, { status })).status).toBe(200)
      // The try of this moment ends before the clock goes on.
      await desk.settle()
      await desk.later(600)
    }
    await desk.later(1_800)
    expect((await desk.queue(ticket.id)).filter(({ state }) => state === 'pending')).toHaveLength(3)
    control.clearFaults()
    await desk.later(300)
    expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
    const updates = (await desk.queue(ticket.id)).filter(({ kind }) => kind === 'update')
    expect(updates.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(await desk.read(ticket.id)).toMatchObject({ sn_sync_status: 'ok', sn_last_error: null })
  })

  test('changed while the create is in doubt: it follows the create', async () => {
    const desk = await open()
    const match = { method: 'POST', table: 'incident' }
    desk.server.instance.control.setFault({ kind: 'lost-answer', match, count: 1 })
    const { id } = await desk.ticket()
    expect((await desk.create(id)).status).toBe(202)
    await desk.patch(id, { status: 'in_progress' })
    await desk.later(WAIT_S + CLAIM_S + 1)
    const [row] = desk.made(id)
    expect(desk.made(id)).toHaveLength(1)
    expect(row?.state).toBe('2')
  })

  test('a status that needs more than the ticket says fails at once, in words, without a call; given, it goes', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const resolved = await desk.patch(ticket.id, { status: 'resolved' })
    expect(ticketOf(resolved.body)).toMatchObject({ status: 'resolved', sn_sync_status: 'failed' })
    expect(ticketOf(resolved.body).sn_last_error).toContain('Resolution code')
    await desk.settle()
    expect(desk.writes()).toBe(1)
    expect((await desk.problems()).map(({ kind }) => kind)).toEqual(['dead_letter'])
    const refused = await desk.sync(ticket)
    expect(refused.status).toBe(422)
    expect(refused.body).toMatchObject({ code: 'mapping_failed' })
    const [choice] = desk.server.instance.control
      .records('sys_choice')
      .filter((row) => row.element === 'close_code')
    const fields = { close_code: choice?.value ?? '', close_notes: 'Restarted' }
    const { status, body } = await desk.sync(ticket, { fields })
    expect(status).toBe(200)
    expect(body.changed).toEqual([
      { field: 'state', from: '1', to: '6' },
      { field: 'close_code', from: '', to: fields.close_code },
      { field: 'close_notes', from: '', to: 'Restarted' },
    ])
    expect(desk.incident(ticket.sn_sys_id)).toMatchObject({ state: '6', ...fields })
    expect(await desk.problems()).toEqual([])
    expect(ticketOf(body)).toMatchObject({ sn_sync_status: 'ok', sn_last_error: null })
  })

  test('a data policy of the instance that nobody foresaw: its own words reach the ticket', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    desk.server.instance.control.setFault({
      kind: 'status',
      status: 403,
      match: { method: 'PATCH', table: 'incident' },
      message: 'Data Policy Exception: The following fields are mandatory: Assignment group',
      count: 1,
    })
    await desk.patch(ticket.id, { status: 'in_progress' })
    await desk.settle()
    const failed = await desk.read(ticket.id)
    expect(failed.sn_sync_status).toBe('failed')
    expect(failed.sn_last_error).toContain('Assignment group')
  })

  test('another ticket’s incident: link_mismatch, and nothing is sent', async () => {
    const desk = await open()
    const [one, two] = [await desk.linked(), await desk.linked()]
    const before = desk.server.outbound.length
    const crossed = { id: one.id, sn_sys_id: two.sn_sys_id }
    for (const answer of [await desk.sync(crossed), await desk.note(crossed, 'Hello')]) {
      expect(answer.status).toBe(409)
      expect(answer.body.code).toBe('link_mismatch')
    }
    const { id } = await desk.ticket()
    expect((await desk.sync({ id, sn_sys_id: two.sn_sys_id })).body.code).toBe('link_mismatch')
    expect(desk.server.outbound.length).toBe(before)
  })
})

describe('conflict', () => {
  async function conflict(desk: Desk) {
    const ticket = await desk.linked()
    await remotely(desk, ticket.sn_sys_id, { state: '2' })
    await desk.patch(ticket.id, { status: 'pending' })
    await desk.settle()
    return ticket
  }

  test('both sides changed the status: nobody is overwritten, both values are shown', async () => {
    const desk = await open()
    // A reason to be on hold is demanded out of the box: give one, so that the conflict is all there is.
    const ticket = await desk.linked()
    await remotely(desk, ticket.sn_sys_id, { state: '2' })
    const answer = await desk.sync({ ...ticket }, { fields: { state: '3', hold_reason: '1' } })
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({ code: 'conflict', errors: [{ path: 'state' }] })
    expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
    const [problem] = await desk.problems()
    expect(problem).toMatchObject({
      kind: 'conflict',
      ticket_id: ticket.id,
      conflicts: [{ field: 'state', base: '1', ours: '3', theirs: '2' }],
      choices: ['ours', 'theirs', 'drop'],
    })
    expect(await desk.read(ticket.id)).toMatchObject({ sn_sync_status: 'failed' })
  })

  for (const choice of ['ours', 'theirs', 'drop'] as const) {
    test(`${choice}: decided once, for both sides`, async () => {
      const desk = await open()
      const ticket = await desk.linked()
      await remotely(desk, ticket.sn_sys_id, { state: '2' })
      expect((await desk.sync(ticket, { fields: { state: '3', hold_reason: '1' } })).status).toBe(409)
      const [problem] = await desk.problems()
      const path = `/api/sn/problems/${problem?.id}/resolve`
      const decided = await desk.server.post(path, { choice }, { as: 'agent' })
      expect(decided.status, decided.text).toBe(200)
      expect(desk.incident(ticket.sn_sys_id).state).toBe(choice === 'ours' ? '3' : '2')
      expect(await desk.read(ticket.id)).toMatchObject({
        status: choice === 'theirs' ? 'in_progress' : 'open',
        sn_sync_status: 'ok',
        sn_last_error: null,
      })
      expect(await desk.problems()).toEqual([])
      expect((await desk.server.post(path, { choice }, { as: 'agent' })).body.code).toBe('conflict')
      const writes = desk.writes()
      await desk.later(600)
      expect(desk.writes()).toBe(writes)
    })
  }

  test('a missing hold reason is no conflict: it fails before a call', async () => {
    const desk = await open()
    const ticket = await conflict(desk)
    expect((await desk.read(ticket.id)).sn_last_error).toContain('On hold reason')
    expect(desk.incident(ticket.sn_sys_id).state).toBe('2')
  })

  test('an unknown problem 404, a choice that does not fit 422', async () => {
    const desk = await open()
    expect((await desk.server.post('/api/sn/problems/none/resolve', { choice: 'drop' })).status).toBe(404)
    const ticket = await desk.linked()
    await desk.patch(ticket.id, { status: 'resolved' })
    const [problem] = await desk.problems()
    const path = `/api/sn/problems/${problem?.id}/resolve`
    expect((await desk.server.post(path, { choice: 'theirs' })).status).toBe(422)
    expect((await desk.server.post(path, { choice: 'drop' })).status).toBe(200)
    expect(await desk.problems()).toEqual([])
  })
})

describe('notes', () => {
  test('the suggestions of the ticket, with the reference at the end', async () => {
    const desk = await open()
    const ticket = await desk.linked({ ai_suggestions: 'Turn it off and on' })
    const { status, body } = await desk.note(ticket)
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, changed: [], incident: { sys_id: ticket.sn_sys_id } })
    const notes = desk.journal(ticket.sn_sys_id).filter((text) => text.includes('Turn it off'))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/\[ref:[0-9a-f]{8}\]$/)
  })

  test('lost answers: the note is there exactly once', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const match = { method: 'PATCH', table: 'incident' }
    desk.server.instance.control.setFault({ kind: 'lost-answer', match, count: 1 })
    expect((await desk.note(ticket, 'Called the user')).status).toBe(202)
    await desk.later(WAIT_S + CLAIM_S + 1)
    expect(desk.journal(ticket.sn_sys_id).filter((text) => text.startsWith('Called'))).toHaveLength(1)
    expect(await desk.read(ticket.id)).toMatchObject({ sn_sync_status: 'ok' })
  })

  test('the key of a call: repeated, it is the same note', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    const headers = { 'idempotency-key': 'note-1' }
    for (let press = 0; press < 3; press += 1) {
      expect((await desk.note(ticket, 'Once', { headers })).status).toBe(200)
    }
    expect(desk.journal(ticket.sn_sys_id).filter((text) => text.startsWith('Once'))).toHaveLength(1)
    expect((await desk.note(ticket, 'Once', { headers: { 'idempotency-key': 'a b' } })).status).toBe(422)
  })

  test('with a status: work note, comment and suggestions, each once', async () => {
    const desk = await open()
    const ticket = await desk.linked({ ai_suggestions: 'Look at the fuse' })
    const body = { work_note: 'Inside', comment: 'Outside', include_ai_suggestions: true }
    expect((await desk.sync(ticket, body)).status).toBe(200)
    const starts = desk.journal(ticket.sn_sys_id).map((text) => text.split('\n')[0])
    expect(starts.sort()).toEqual(['AI Suggestions', `Copilot Ticket ID: ${ticket.id}`, 'Inside', 'Outside'])
  })

  test('nothing to say: 422, nothing sent', async () => {
    const desk = await open()
    const ticket = await desk.linked()
    expect((await desk.note(ticket)).body.code).toBe('validation_failed')
    expect((await desk.sync(ticket, { include_ai_suggestions: true })).status).toBe(422)
    expect(desk.writes()).toBe(1)
  })
})
