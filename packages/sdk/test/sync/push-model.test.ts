/** Two workers, time-outs that commit later, kills and freezes: no ticket ever has two incidents, no note arrives twice, nothing is lost. */
import { expect, test } from 'vitest'
import { silentLogger } from '../../src/base/log.ts'
import type { OutboxEntry } from '../../src/model/outbox-entry.ts'
import type { Outbox } from '../../src/ports/outbox.ts'
import { memoryOutbox } from '../../src/stores/memory-outbox.ts'
import { ConnectionPause } from '../../src/sync/connection-pause.ts'
import { type PushConfig, type PushStep, PushWorker } from '../../src/sync/push.ts'
import { Killed, PushWorld } from './push-world.ts'
import { randomOf } from './world.ts'

const TICKETS = 6
const STATES = ['2', '3', '6']

type Step = () => Promise<PushStep>
type MakeWorker = (config: PushConfig) => Step

const ours: MakeWorker = (config) => {
  const worker = new PushWorker(config, new ConnectionPause(() => 0))
  return () => worker.step()
}

/** What everybody else does: look for the key, and when it is not there, POST; a time-out goes straight back into the queue. */
const lookUpThenPost: MakeWorker =
  ({ outbox, sink, connection, clock }) =>
  async () => {
    const claimed = await outbox.claim(connection, clock.now(), (entry) => ({
      ...entry,
      claimedUntil: clock.now() + 60_000,
    }))
    if (claimed === null) return { type: 'idle', until: null }
    const save = async (entry: OutboxEntry): Promise<PushStep> => {
      await outbox.transaction((tx) => tx.save(entry)).catch(() => undefined)
      return { type: 'worked', entry, record: null }
    }
    if (claimed.kind !== 'create') return save({ ...claimed, state: 'done' })
    const found = await sink.findByKey(claimed.key, { timeoutMs: 1 })
    const record = found.type === 'read' ? found.value[0] : undefined
    if (record !== undefined)
      return save({ ...claimed, state: 'done', result: { sysId: record.sys_id, number: '' } })
    if (found.type !== 'read') return save({ ...claimed, claimedUntil: 0, notBefore: clock.now() + 1_000 })
    const answer = await sink.create(claimed.payload, { timeoutMs: 1 })
    if (answer.type === 'accepted') {
      return save({ ...claimed, state: 'done', result: { sysId: answer.record.sys_id, number: '' } })
    }
    return save({ ...claimed, claimedUntil: 0, notBefore: clock.now() + 1_000 })
  }

async function fill(outbox: Outbox, random: () => number, now: number): Promise<void> {
  await outbox.transaction(async (tx) => {
    for (let ticket = 1; ticket <= TICKETS; ticket += 1) {
      const base = { connection: 'c', ticket: String(ticket), sysId: null, createdAt: now }
      const key = `copilot:${ticket}:1`
      await tx.insert({
        ...base,
        opId: `create-${ticket}`,
        kind: 'create',
        key,
        payload: { correlation_id: key, state: '1' },
        base: {},
      })
      if (random() < 0.7) {
        const note = { element: 'work_notes', text: `help [n${ticket}]` }
        await tx.insert({
          ...base,
          opId: `note-${ticket}`,
          kind: 'note',
          key: `[n${ticket}]`,
          payload: note,
          base: {},
        })
      }
      for (const [index, state] of STATES.entries()) {
        if (random() < 0.5) continue
        await tx.insert({
          ...base,
          opId: `update-${ticket}-${index}`,
          kind: 'update',
          key: '',
          payload: { state },
          base: {},
        })
      }
    }
  })
}

async function runWorld(seed: number, make: MakeWorker): Promise<void> {
  const random = randomOf(seed)
  const world = new PushWorld({
    random,
    lost: 0.12,
    refusedToConnect: 0.05,
    forbiddenAfterInsert: 0.03,
    kills: 0.04,
    freezes: 0.03,
  })
  const outbox = memoryOutbox()
  await fill(outbox, random, world.nowMs)
  const clock = { now: () => world.nowMs, sleep: async () => {} }
  const config: PushConfig = {
    outbox,
    sink: world,
    connection: 'c',
    clock,
    random,
    logger: silentLogger,
    limits: { ambiguousWaitMs: 310_000, maxTries: 8 },
    leaseMs: 60_000,
    requestTimeoutMs: 30_000,
    maxAgeMs: 86_400_000,
    policy: () => 'local',
  }
  for (let round = 0; round < 120; round += 1) {
    if (round === 60) world.quiet()
    const workers = [make(config), make(config)].map((step) => begin(step))
    while (workers.some((worker) => !worker.ended)) {
      await new Promise((resolve) => setImmediate(resolve))
      world.turn()
      if (random() < 0.1) world.advance(random() * 20_000)
    }
    for (const { failure } of workers) if (failure !== null && !(failure instanceof Killed)) throw failure
    checkAlways(world, seed)
    world.advance(random() * (random() < 0.2 ? 400_000 : 20_000))
  }
  await checkEnd(world, outbox, seed)
}

interface Running {
  ended: boolean
  failure: unknown
}

function begin(step: Step): Running {
  const running: Running = { ended: false, failure: null }
  step()
    .catch((error: unknown) => {
      running.failure = error
    })
    .finally(() => {
      running.ended = true
    })
  return running
}

function checkAlways(world: PushWorld, seed: number): void {
  const keys = world.records.map((record) => record.correlation_id)
  expect(new Set(keys).size, `SEED=${seed}: one incident a ticket`).toBe(keys.length)
  const notes = world.notes.map((note) => note.text)
  expect(new Set(notes).size, `SEED=${seed}: each note once`).toBe(notes.length)
}

async function checkEnd(world: PushWorld, outbox: Outbox, seed: number): Promise<void> {
  expect(world.pendingCommits, `SEED=${seed}: the world is quiet`).toBe(0)
  for (let ticket = 1; ticket <= TICKETS; ticket += 1) {
    const entries = await outbox.ofTicket(String(ticket))
    const told = `SEED=${seed} ticket ${ticket}`
    expect(
      entries.map((entry) => entry.state),
      told,
    ).toEqual(entries.map(() => 'done'))
    const record = world.records.find((each) => each.correlation_id === `copilot:${ticket}:1`)
    expect(entries[0]?.result?.sysId, `${told}: linked to its incident`).toBe(record?.sys_id)
    const last = entries.findLast((entry) => entry.kind === 'update')
    if (last !== undefined)
      expect(record?.state, `${told}: the last status is there`).toBe(last.payload.state)
    const noted = world.notes.filter((note) => note.sysId === record?.sys_id).length
    expect(noted, `${told}: notes`).toBe(entries.filter((entry) => entry.kind === 'note').length)
  }
}

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 300) : 1

test(`${count} worlds from SEED=${base}`, { timeout: 3_600_000 }, async () => {
  for (let seed = base; seed < base + count; seed += 1) await runWorld(seed, ours)
})

test('the checker can fail: "look up, then POST" makes a second incident within 50 seeds', async () => {
  const doubled: string[] = []
  for (let seed = 1; seed <= 50 && doubled.length === 0; seed += 1) {
    await runWorld(seed, lookUpThenPost).catch((error: Error) => {
      if (error.message.includes('one incident a ticket')) doubled.push(error.message)
    })
  }
  expect(doubled[0]).toMatch(/SEED=\d+: one incident a ticket/)
})
