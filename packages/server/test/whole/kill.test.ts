/** `kill -9` in the middle of a sync, at random moments: nothing acknowledged is lost, and one more sync makes the mirror exact. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import type { SseEvent } from './server-process.ts'
import { change, checkReplay, countOf, follow, openWorld, seedOf, settleAtEnd } from './world.ts'

const KILLS = countOf('KILLS', 5)
/** Above what a run holds before it writes: a kill falls among many commits. */
const INCIDENTS = 12_000

test(`kill -9 of the server ${KILLS} times in the middle of a sync`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('kill -9')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: INCIDENTS, latencyMs: 30 })
  let { server } = world
  try {
    let completed = 0
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const told = `SEED=${seed} kill ${kill}`
      const seen: SseEvent[] = []
      const stream = follow(server, world.integration, seen)
      // Not a wait for something to happen: the moment of the kill is the thing that is drawn.
      await wait(Math.floor(random() * 1_500))
      await server.end('SIGKILL')
      await stream
      expect(world.checker.always(), told).toEqual([])
      server = await world.start()
      const found = await server.call('GET', `/api/integrations/${world.integration}`)
      expect(found.status, `${told}: what was created is there`).toBe(200)
      expect(world.checker.idle(), `${told}, started again`).toEqual([])
      await checkReplay(server, seen, told)
      if (seen.at(-1)?.type !== 'complete') continue
      completed += 1
      change(world, seed + kill, 3_000)
    }
    console.log(`kill -9: ${KILLS} kills, ${completed} runs had completed before theirs`)
    await settleAtEnd(world, server, seed)
  } finally {
    await world.close()
  }
})
