/** Two server processes on one SQLite file: one sync at a time, whoever was first; both keep answering, and no lock of the file shows. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Checker } from './checker.ts'
import { freePort, ServerProcess, type SseEvent } from './server-process.ts'
import {
  change,
  checkReplay,
  countOf,
  follow,
  halt,
  openWorld,
  runOf,
  seedOf,
  settle,
  settleAtEnd,
  type World,
} from './world.ts'

const ROUNDS = countOf('ROUNDS', 2)

/** Reads until told to stop; gives how many were answered. */
async function keepReading(server: ServerProcess, going: () => boolean): Promise<number> {
  let answered = 0
  while (going()) {
    for (const path of ['/api/integrations', '/readyz']) {
      const { status, body } = await server.call('GET', path)
      expect(status, JSON.stringify(body)).toBe(200)
      answered += 1
    }
  }
  return answered
}

/** The same sync asked of both at once: one answer is a run, the other names it. */
async function race(world: World, servers: readonly ServerProcess[], told: string): Promise<void> {
  const answers = await Promise.all(servers.map((server) => follow(server, world.integration)))
  const refused = answers.filter((events) => runOf(events) === null)
  const won = answers.filter((events) => runOf(events) !== null)
  expect(won.length, told).toBeGreaterThan(0)
  for (const events of won) {
    expect(events.at(-1)?.type, `${told}: ${JSON.stringify(events.at(-1))}`).toBe('complete')
    for (const server of servers) await checkReplay(server, events, told)
  }
  // Both complete when one had ended before the other was heard; else the second names the run of the first.
  for (const events of refused) {
    expect(events.at(-1)?.data, told).toMatchObject({ status: 409, code: 'sync_running' })
    expect(events.at(-1)?.data.runId, told).toBe(runOf(won[0] ?? []))
  }
}

test(`two workers on one file, ${ROUNDS} rounds`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('two workers')
  const world = await openWorld({ incidents: 2_500, latencyMs: 10 })
  try {
    const servers = [world.server, await world.start()] as const
    const second = await world.integrate(servers[1])
    const judge = new Checker(world.file, second, world.instance)
    let going = true
    const reads = servers.map((server) => keepReading(server, () => going))
    // When the test fails before it waits for them, they break with their servers.
    for (const read of reads) read.catch(() => undefined)
    for (let round = 1; round <= ROUNDS; round += 1) {
      const told = `SEED=${seed} round ${round}`
      change(world, seed + round, 600)
      await race(world, servers, told)
      change(world, seed - round, 600)
      const [one, other] = round % 2 === 0 ? servers : [servers[1], servers[0]]
      const both = await Promise.all([follow(one, world.integration), follow(other, second)])
      for (const events of both) {
        expect(events.at(-1)?.type, `${told}: ${JSON.stringify(events.at(-1))}`).toBe('complete')
        for (const server of servers) await checkReplay(server, events, told)
      }
      expect(world.checker.idle(), told).toEqual([])
      expect(judge.idle(), told).toEqual([])
    }
    going = false
    const answered = (await Promise.all(reads)).reduce((a, b) => a + b)
    await settleAtEnd(world, servers[0], seed)
    await settleAtEnd({ ...world, integration: second, checker: judge }, servers[1], seed)
    for (const server of servers) {
      expect(server.output, 'no lock of the file in any log').not.toMatch(/SQLITE_BUSY|not_released/)
    }
    console.log(`two workers: ${ROUNDS} rounds, ${answered} reads answered meanwhile`)
  } finally {
    await world.close()
  }
})

test('a lease is given back although the file is locked at that moment', { timeout: 60_000 }, async () => {
  const world = await openWorld({ incidents: 300 })
  try {
    const other = await world.start()
    const second = await world.integrate(other)
    // One has ended its run and not yet given its lease back, the other is in the middle of a transaction.
    const ending = await halt(world.server, world.integration, { point: 'sealed', nth: 1 })
    const locking = await halt(other, second, { point: 'row-written', nth: 100 })
    expect([ending.halted, locking.halted]).toEqual([true, true])
    world.server.signal('SIGCONT')
    await ending.stream
    await wait(500)
    other.signal('SIGCONT')
    await locking.stream
    await settle(world, world.server, 'after the lock')
    await settle(world, other, 'by the other')
  } finally {
    await world.close()
  }
})

test('a run that is about to begin is not taken for a dead one', { timeout: 60_000 }, async () => {
  const world = await openWorld({ incidents: 300 })
  try {
    const other = await world.start()
    const seen: SseEvent[] = []
    // Its row is stored, its lease is not taken yet.
    const beginning = await halt(world.server, world.integration, { point: 'after-commit', nth: 1 }, seen)
    expect(beginning.halted).toBe(true)
    expect((await follow(other, world.integration)).at(-1)?.type).toBe('complete')
    world.server.signal('SIGCONT')
    await beginning.stream
    expect(seen.at(-1)?.type, JSON.stringify(seen.at(-1))).toBe('complete')
    await settle(world, world.server, 'after both')
  } finally {
    await world.close()
  }
})

/** A port that nobody listens on. */
const nowhere = 'http://127.0.0.1:9'
const env = { SN_ALLOWED_ORIGINS: nowhere, SN_MAX_RETRIES: '0' }

test(`two workers begin at once on an empty folder, ${ROUNDS} times`, { timeout: 7_200_000 }, async () => {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const dataDir = mkdtempSync(join(tmpdir(), 'snowline-begin-'))
    const ports = [await freePort(), await freePort()]
    const started = await Promise.allSettled(ports.map((port) => ServerProcess.start({ dataDir, port, env })))
    const servers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    try {
      const ends = started.map((each) => (each.status === 'rejected' ? String(each.reason) : 'ready'))
      expect(ends, `round ${round}`).toEqual(['ready', 'ready'])
      for (const server of servers) await server.signIn()
      const [one, other] = servers
      if (one === undefined || other === undefined) return
      const config = { url: nowhere, username: 'admin', password: 'secret of round one' }
      const integration = { service_name: 'ServiceNow', auth_type: 'basic_auth', config }
      const { body } = await one.call('POST', '/api/integrations', integration)
      const { id } = body.integration as { id: string }
      // What one has sealed the other opens: both found the same key, and nobody is at home at that address.
      const end = (await follow(other, id)).at(-1)
      expect(end?.data.code, `round ${round}: ${JSON.stringify(end)}`).toBe('sn_unreachable')
    } finally {
      await Promise.all(servers.map((server) => server.end('SIGKILL')))
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
})
