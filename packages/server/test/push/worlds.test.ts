/**
 * Seeded worlds over the whole server: presses, changes and notes while answers get lost, then calm. At every moment at most one incident
 * and one copy of a note; at the end everything has arrived or says why not, and tickets and incidents agree.
 */
import type { Fault } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { CLAIM_S, Desk, WAIT_S } from '../desk.ts'

const WORLDS = Number(process.env.WORLDS ?? 6)
const FIRST = Number(process.env.SEED ?? 1)
const TICKETS = 4
const STEPS = 40

const faults: readonly Fault[] = [
  { kind: 'lost-answer', match: { method: 'POST', table: 'incident' }, count: 1 },
  { kind: 'lost-answer', match: { method: 'PATCH', table: 'incident' }, count: 1 },
  { kind: 'cut', match: { table: 'incident' }, count: 1 },
  { kind: 'cut-json', match: { table: 'incident' }, count: 1 },
  { kind: 'empty-answer', match: { method: 'POST', table: 'incident' }, count: 1 },
  { kind: 'refuse', count: 2 },
  { kind: 'dropped', count: 1 },
  { kind: 'semaphore', count: 1 },
  { kind: 'hibernating', count: 3 },
  { kind: 'status', status: 503, count: 1 },
]

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

class World {
  readonly desk: Desk
  readonly ids: string[] = []
  /** Text of each note that was accepted. */
  readonly notes: { ticket: string; text: string }[] = []
  private readonly random: () => number

  constructor(desk: Desk, seed: number) {
    this.desk = desk
    this.random = randomOf(seed)
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T
  }

  async step(number: number): Promise<void> {
    const id = this.pick(this.ids)
    const dice = this.random()
    if (dice < 0.25) await Promise.all([this.desk.create(id), this.desk.create(id)])
    else if (dice < 0.5) await this.desk.patch(id, { status: this.pick(['open', 'in_progress']) })
    else if (dice < 0.65) await this.note(id, `note ${number} of ${id}`)
    else if (dice < 0.85) this.desk.server.instance.control.setFault(this.pick(faults))
    else await this.desk.later(this.pick([1, 30, 400, 1_000]))
  }

  async note(id: string, text: string): Promise<void> {
    const ticket = await this.desk.read(id)
    if (ticket.sn_sys_id === null) return
    const { status } = await this.desk.note(ticket, text)
    if (status < 300) this.notes.push({ ticket: id, text })
  }

  copies(text: string): number {
    const rows = this.desk.server.instance.control.records('sys_journal_field')
    return rows.filter((row) => (row.value ?? '').startsWith(`${text}\n`)).length
  }

  assertNothingTwice(): void {
    for (const id of this.ids) expect(this.desk.made(id).length, `incidents of ${id}`).toBeLessThanOrEqual(1)
    for (const { text } of this.notes) expect(this.copies(text), text).toBeLessThanOrEqual(1)
  }

  async assertArrived(): Promise<void> {
    for (const id of this.ids) {
      const ticket = await this.desk.read(id)
      const queue = await this.desk.queue(id)
      expect(queue.filter(({ state }) => state === 'pending' || state === 'inflight')).toEqual([])
      const [row] = this.desk.made(id)
      expect(ticket.sn_sys_id).toBe(row?.sys_id ?? null)
      expect(ticket.sn_number).toBe(row?.number ?? null)
      if (row === undefined) continue
      const states = { open: '1', in_progress: '2' } as Readonly<Record<string, string>>
      expect(row.state, `state of ${id}`).toBe(states[ticket.status])
      expect(ticket.sn_sync_status).toBe('ok')
    }
    for (const { text } of this.notes) expect(this.copies(text), text).toBe(1)
    expect(await this.desk.problems()).toEqual([])
  }
}

test(`${WORLDS} worlds from SEED=${FIRST}: nothing twice, nothing lost`, {
  timeout: 30_000 + WORLDS * 5_000,
}, async () => {
  for (let seed = FIRST; seed < FIRST + WORLDS; seed += 1) {
    const desk = await Desk.open({ incidents: 2 })
    const world = new World(desk, seed)
    try {
      for (let n = 0; n < TICKETS; n += 1) world.ids.push((await desk.ticket({ subject: `Ticket ${n}` })).id)
      for (let n = 0; n < STEPS; n += 1) {
        await world.step(n)
        world.assertNothingTwice()
      }
      desk.server.instance.control.clearFaults()
      for (let n = 0; n < 12; n += 1) await desk.later(WAIT_S + CLAIM_S)
      world.assertNothingTwice()
      await world.assertArrived()
    } catch (error) {
      throw new Error(`SEED=${seed}`, { cause: error })
    } finally {
      await desk.close()
    }
  }
})
