/** The clock of the machine jumps an hour, forward and back, during runs, between them and across a `kill -9`: nothing is lost and nobody waits. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import { change, checkReplay, countOf, follow, openWorld, seedOf, settle, settleAtEnd } from './world.ts'

const JUMPS = countOf('JUMPS', 3)
const HOUR_MS = 3_600_000
const moments = ['between', 'during', 'kill'] as const

test(`the clock jumps an hour ${JUMPS} times`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('clock')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 2_000, latencyMs: 20 })
  let { server } = world
  try {
    let hours = 0
    for (let jump = 0; jump < JUMPS; jump += 1) {
      // Not more than an hour away from the instance: sign-ins of the people at work live for hours, not for days.
      const next = hours === 0 ? (random() < 0.5 ? -1 : 1) : 0
      const moment = moments[jump % moments.length] ?? 'between'
      const told = `SEED=${seed} jump ${jump + 1}: ${hours} h to ${next} h, ${moment}`
      change(world, seed + jump, 300)
      if (moment === 'between') await server.order({ kind: 'clock', offsetMs: next * HOUR_MS })
      const stream = follow(server, world.integration)
      if (moment !== 'between') await wait(Math.floor(random() * 200))
      if (moment === 'kill') {
        await server.end('SIGKILL')
        server = await world.start()
      }
      if (moment !== 'between') await server.order({ kind: 'clock', offsetMs: next * HOUR_MS })
      hours = next
      const seen = await stream
      if (moment !== 'kill')
        expect(seen.at(-1)?.type, `${told}: ${JSON.stringify(seen.at(-1))}`).toBe('complete')
      expect(world.checker.always(), told).toEqual([])
      await checkReplay(server, seen, told)
      await settle(world, server, told)
    }
    await settleAtEnd(world, server, seed)
    console.log(`clock: ${JUMPS} jumps of an hour`)
  } finally {
    await world.close()
  }
})
