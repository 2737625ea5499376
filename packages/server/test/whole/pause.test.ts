/** A holder that is halted (SIGSTOP) past its lease while another process takes over: what it writes after that is refused, and every run ends once. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Point } from './orders.ts'
import { randomOf } from './seeded.ts'
import type { ServerProcess, SseEvent } from './server-process.ts'
import {
  change,
  checkReplay,
  countOf,
  follow,
  halt,
  openWorld,
  seedOf,
  settle,
  settleAtEnd,
} from './world.ts'

const PAUSES = countOf('PAUSES', 4)
/** Longer than a lease. */
const AWAY_MS = 61_000

/** Where the holder is halted: outside a transaction another may take over, inside it the database itself is held. */
const halts: readonly { point: Point; passes: number; locked: boolean }[] = [
  { point: 'page-asked', passes: 3, locked: false },
  { point: 'page-answered', passes: 3, locked: false },
  { point: 'after-commit', passes: 6, locked: false },
  { point: 'row-written', passes: 200, locked: true },
  { point: 'sealed', passes: 1, locked: false },
  { point: 'seal', passes: 1, locked: true },
]

/** The one who was halted goes on with a run that nobody could take from it. */
async function untilIdle(server: ServerProcess, integration: string): Promise<void> {
  for (let looks = 0; looks < 300; looks += 1) {
    const events = await follow(server, integration)
    if (events.at(-1)?.data.code !== 'sync_running') return
    await wait(100)
  }
  throw new Error('the run is still at work after half a minute')
}

test(`the holder of the lease is halted ${PAUSES} times past its lease`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('SIGSTOP')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 2_000, latencyMs: 10 })
  const ends: Record<string, number> = {}
  try {
    let [holder, other] = [world.server, await world.start()]
    for (let pause = 1; pause <= PAUSES; pause += 1) {
      const { point, passes, locked } = halts[(pause - 1) % halts.length] ?? halts[0] ?? never()
      const nth = 1 + Math.floor(random() * passes)
      const told = `SEED=${seed} pause ${pause} at ${point}, time ${nth}`
      change(world, seed + pause, 400)
      const seen: SseEvent[] = []
      const { stream, halted } = await halt(holder, world.integration, { point, nth }, seen)
      // Both clocks go on alike: the other's now, the holder's when it wakes.
      const clock = { kind: 'clock', offsetMs: pause * AWAY_MS } as const
      await other.order(clock)
      if (halted) {
        const taken = await follow(other, world.integration)
        const end = String(taken.at(-1)?.data.code ?? taken.at(-1)?.type)
        ends[end] = (ends[end] ?? 0) + 1
        expect(JSON.stringify(taken.at(-1)), told).not.toContain('SQLITE')
        expect(end, `${told}: ${JSON.stringify(taken.at(-1))}`).toBe(locked ? 'store_failed' : 'complete')
        expect((await other.call('GET', '/api/integrations')).status, `${told}: reads go on`).toBe(200)
        expect(world.checker.always(), `${told}: while it is halted`).toEqual([])
      }
      holder.signal('SIGCONT')
      await holder.order(clock)
      await stream
      expect(world.checker.always(), told).toEqual([])
      for (const server of [holder, other]) await checkReplay(server, seen, told)
      if (halted && !locked) {
        const next = await follow(holder, world.integration)
        expect(next.at(-1)?.type, `${told}: woken, it goes on at once`).toBe('complete')
      }
      await untilIdle(holder, world.integration)
      await settle(world, random() < 0.5 ? holder : other, told)
      ;[holder, other] = [other, holder]
    }
    await settleAtEnd(world, holder, seed)
    console.log(`SIGSTOP: ${PAUSES} pauses, the other's syncs ended ${JSON.stringify(ends)}`)
  } finally {
    await world.close()
  }
})

test.runIf(process.env.REAL_PAUSE !== undefined)(
  'a real minute: taken over within 65 seconds',
  {
    timeout: 180_000,
  },
  async () => {
    const world = await openWorld({ incidents: 1_000 })
    try {
      const other = await world.start()
      const seen: SseEvent[] = []
      const { stream, halted } = await halt(
        world.server,
        world.integration,
        { point: 'page-answered', nth: 1 },
        seen,
      )
      expect(halted).toBe(true)
      const began = performance.now()
      let taken = await follow(other, world.integration)
      while (taken.at(-1)?.data.code === 'sync_running') {
        await wait(250)
        taken = await follow(other, world.integration)
      }
      const ms = performance.now() - began
      console.log(`SIGSTOP: taken over after ${(ms / 1_000).toFixed(1)} s`)
      expect(taken.at(-1)?.type).toBe('complete')
      expect(ms).toBeLessThan(65_000)
      world.server.signal('SIGCONT')
      await stream
      expect(seen.at(-1)?.data.code).toBe('run_interrupted')
      await settle(world, world.server, 'after a real minute')
    } finally {
      await world.close()
    }
  },
)

function never(): never {
  throw new Error('no point to halt at')
}
