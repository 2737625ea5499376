/** The real push engine and the real client over the simulator: lost answers that commit later, kills around each request, two workers. */

import { basicAuth, createClient, tableSink } from '@snowline/sdk'
import { memoryOutbox } from '@snowline/sdk/stores/memory'
import { createPushEngine, type Outbox, type TableSink } from '@snowline/sdk/sync'
import { createInstance, type Instance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { randomOf } from '../sync/world.ts'

const TICKETS = 4

class Killed extends Error {}

interface World {
  nowMs: number
  random: () => number
  quiet: boolean
  late: { at: number; run: () => Promise<unknown> }[]
}

/** 12 % of the writes time out; most of them are carried out within 300 s, some at once, some never. */
function losing(instance: Instance, world: World): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === 'GET' || world.quiet) return instance.fetch(request)
    const chance = world.random()
    if (chance < 0.05)
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      })
    if (chance >= 0.17) return instance.fetch(request)
    const copy = request.clone()
    const fate = world.random()
    if (fate < 0.6)
      world.late.push({ at: world.nowMs + world.random() * 300_000, run: () => instance.fetch(copy) })
    else if (fate < 0.8) await instance.fetch(copy)
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
  }
}

/** The worker dies before or after a request, now and then. */
function mortal(sink: TableSink, world: World): TableSink {
  const around = async <T>(run: () => Promise<T>): Promise<T> => {
    if (!world.quiet && world.random() < 0.04) throw new Killed()
    const value = await run()
    if (!world.quiet && world.random() < 0.04) throw new Killed()
    return value
  }
  return {
    create: (fields, call) => around(() => sink.create(fields, call)),
    update: (sysId, fields, call) => around(() => sink.update(sysId, fields, call)),
    read: (sysId, call) => around(() => sink.read(sysId, call)),
    findByKey: (key, call) => around(() => sink.findByKey(key, call)),
    hasNote: (sysId, reference, call) => around(() => sink.hasNote(sysId, reference, call)),
  }
}

async function advance(world: World, ms: number): Promise<void> {
  world.nowMs += ms
  const due = world.late.filter((each) => each.at <= world.nowMs)
  world.late = world.late.filter((each) => each.at > world.nowMs)
  for (const each of due) await each.run()
}

async function fill(outbox: Outbox, now: number): Promise<void> {
  await outbox.transaction(async (tx) => {
    for (let n = 1; n <= TICKETS; n += 1) {
      const shared = { connection: 'c', ticket: String(n), sysId: null, createdAt: now, base: {} }
      const key = `copilot:${n}:1`
      const fields = { short_description: `Ticket ${n}`, correlation_id: key, impact: '2', urgency: '2' }
      await tx.insert({ ...shared, opId: `c${n}`, kind: 'create', key, payload: fields })
      const note = { element: 'work_notes', text: `AI suggestion for ${n} ^ "quoted" [ref:n${n}]` }
      await tx.insert({ ...shared, opId: `n${n}`, kind: 'note', key: `[ref:n${n}]`, payload: note })
      await tx.insert({ ...shared, opId: `u${n}`, kind: 'update', key: '', payload: { state: '2' } })
      const closing = { state: '6', close_code: 'Solution provided', close_notes: 'Done' }
      await tx.insert({ ...shared, opId: `v${n}`, kind: 'update', key: '', payload: closing })
    }
  })
}

async function runWorld(seed: number): Promise<void> {
  const world: World = { nowMs: 1_000_000, random: randomOf(seed), quiet: false, late: [] }
  const instance = createInstance({ seed })
  const clock = { now: () => world.nowMs, sleep: async () => {} }
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth,
    fetch: losing(instance, world),
    clock,
    random: world.random,
  })
  const outbox = memoryOutbox()
  await fill(outbox, world.nowMs)
  const sink = mortal(tableSink(client, 'incident'), world)
  const engine = () =>
    createPushEngine({ outbox, sink, connection: 'c', clock, random: world.random, policy: () => 'local' })
  let workers = [engine(), engine()]
  for (let round = 0; round < 80; round += 1) {
    if (round === 40) world.quiet = true
    const steps = await Promise.allSettled(workers.map((worker) => worker.step()))
    for (const step of steps)
      if (step.status === 'rejected' && !(step.reason instanceof Killed)) throw step.reason
    // A worker that died comes back without a memory of pauses.
    if (steps.some((step) => step.status === 'rejected')) workers = [engine(), engine()]
    checkNoDouble(instance, seed)
    await advance(world, world.random() * (world.random() < 0.3 ? 400_000 : 30_000))
  }
  await checkEnd(instance, outbox, seed)
}

function checkNoDouble(instance: Instance, seed: number): void {
  const keys = instance.control.records('incident').map((record) => record.correlation_id)
  expect(new Set(keys).size, `SEED=${seed}: one incident a ticket`).toBe(keys.length)
  const notes = instance.control.records('sys_journal_field').map((entry) => entry.value)
  expect(new Set(notes).size, `SEED=${seed}: each note once`).toBe(notes.length)
}

async function checkEnd(instance: Instance, outbox: Outbox, seed: number): Promise<void> {
  const incidents = instance.control.records('incident')
  expect(incidents, `SEED=${seed}`).toHaveLength(TICKETS)
  for (let n = 1; n <= TICKETS; n += 1) {
    const entries = await outbox.ofTicket(String(n))
    const states = entries.map((entry) => `${entry.kind} ${entry.state} ${entry.fault?.message ?? ''}`)
    expect(states, `SEED=${seed} ticket ${n}`).toEqual([
      'create done ',
      'note done ',
      'update done ',
      'update done ',
    ])
    const incident = incidents.find((record) => record.correlation_id === `copilot:${n}:1`)
    expect(entries[0]?.result, `SEED=${seed} ticket ${n}`).toEqual({
      sysId: incident?.sys_id,
      number: incident?.number,
    })
    expect(incident?.state, `SEED=${seed} ticket ${n}: the last status`).toBe('6')
    const notes = instance.control
      .records('sys_journal_field')
      .filter((entry) => entry.element_id === incident?.sys_id)
    expect(
      notes.map((note) => note.element),
      `SEED=${seed} ticket ${n}`,
    ).toEqual(['work_notes'])
  }
}

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 300) : 1

test(`${count} seeds of the real engine over the simulator, from SEED=${base}`, {
  timeout: 600_000,
}, async () => {
  for (let seed = base; seed < base + count; seed += 1) await runWorld(seed)
})
