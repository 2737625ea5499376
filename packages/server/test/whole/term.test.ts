/** SIGTERM in the middle of a sync: the run is told its end, the process leaves in time with code 0, and the next sync is exact. */
import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import type { SseEvent } from './server-process.ts'
import {
  change,
  checkReplay,
  countOf,
  follow,
  openWorld,
  runOf,
  seedOf,
  settle,
  settleAtEnd,
} from './world.ts'

const TERMS = countOf('TERMS', 3)
/** What a service manager waits at least before it kills. */
const LEAVE_MS = 10_000

test(`SIGTERM ${TERMS} times in the middle of a sync`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('SIGTERM')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 3_000, latencyMs: 20 })
  let { server } = world
  try {
    const ends = new Map<string, number>()
    let slowestMs = 0
    for (let term = 1; term <= TERMS; term += 1) {
      const told = `SEED=${seed} term ${term}`
      change(world, seed + term, 500)
      const seen: SseEvent[] = []
      const stream = follow(server, world.integration, seen)
      await wait(Math.floor(random() * 1_000))
      const began = performance.now()
      expect(await server.end('SIGTERM'), `${told}: ${server.output}`).toBe(0)
      slowestMs = Math.max(slowestMs, performance.now() - began)
      await stream
      const end = runOf(seen) === null ? 'no run' : String(seen.at(-1)?.data.code ?? seen.at(-1)?.type)
      ends.set(end, (ends.get(end) ?? 0) + 1)
      expect(existsSync(`${world.file}-wal`), `${told}: the file alone is the whole database`).toBe(false)
      // Whoever was following heard the end before the process left.
      expect(['no run', 'complete', 'run_interrupted'], told).toContain(end)
      expect(world.checker.idle(), `${told}: with no process at work`).toEqual([])
      server = await world.start()
      await checkReplay(server, seen, told)
      if (random() < 0.3) await settle(world, server, told)
    }
    await settleAtEnd(world, server, seed)
    const figures = JSON.stringify(Object.fromEntries(ends))
    console.log(`SIGTERM: ${TERMS} times, ends ${figures}, slowest leave ${Math.round(slowestMs)} ms`)
    expect(slowestMs).toBeLessThan(LEAVE_MS)
  } finally {
    await world.close()
  }
})
