/** A server that dies at a named point of a sync: between answer and row, row and commit, commit and event, in the seal, in an undo. */
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type Point, points } from './orders.ts'
import { randomOf } from './seeded.ts'
import type { ServerProcess, SseEvent } from './server-process.ts'
import {
  change,
  checkReplay,
  countOf,
  follow,
  openWorld,
  seedOf,
  settle,
  settleAtEnd,
  type World,
} from './world.ts'

const KILLS = countOf('NAMED_KILLS', points.length)
const INCIDENTS = 2_000

/** How often a point is passed in one sync of this world, roughly: the blow falls somewhere among these. */
const passes: Record<Point, number> = {
  lease: 1,
  'page-asked': 3,
  'page-answered': 3,
  'row-written': 300,
  'before-commit': 8,
  'after-commit': 8,
  'dump-renamed': 1,
  seal: 1,
  sealed: 1,
  'row-closed': 150,
  'deletes-asked': 1,
  'before-undo': 1,
}

test(`SIGKILL at ${KILLS} named points of a sync`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('named points')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: INCIDENTS, latencyMs: 5 })
  const struck = new Map<Point, number>()
  try {
    let { server } = world
    for (let kill = 0; kill < KILLS; kill += 1) {
      const point = points[kill % points.length] ?? 'seal'
      const nth = 1 + Math.floor(random() * passes[point])
      const told = `SEED=${seed} kill ${kill + 1} at ${point}, time ${nth}`
      change(world, seed + kill, 400)
      const seen = await strike(world, server, point, nth)
      if (!(await server.order({ kind: 'spare' }))) {
        struck.set(point, (struck.get(point) ?? 0) + 1)
        expect(world.checker.always(), told).toEqual([])
        server = await world.start()
        expect(world.checker.always(), `${told}, started again`).toEqual([])
      }
      await checkReplay(server, seen, told)
      if (random() < 0.2) await settle(world, server, told)
    }
    await settleAtEnd(world, server, seed)
    console.log(`named points: ${KILLS} orders, deaths ${JSON.stringify(Object.fromEntries(struck))}`)
    expect(struck.size).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
})

/** A sync with the blow in it. A transaction is taken back when its lease is gone: there another holder has come in between. */
async function strike(world: World, server: ServerProcess, point: Point, nth: number): Promise<SseEvent[]> {
  await server.order({ kind: 'strike', point, nth, signal: 'SIGKILL' })
  if (point !== 'before-undo') return follow(server, world.integration)
  const seen: SseEvent[] = []
  const stream = follow(server, world.integration, seen)
  while (seen.length === 0) await wait(1)
  const database = new Database(world.file)
  database
    .prepare(`update sl_leases set token = token + 1, owner = 'another', expires_at = 0 where name = ?`)
    .run(world.integration)
  database.close()
  return stream
}
