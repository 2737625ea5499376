/** `kill -9` in the middle of a rollback: afterwards it has happened or it has not, and the next sync brings the mirror forward again. */
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { Point } from './orders.ts'
import { randomOf } from './seeded.ts'
import type { ServerProcess } from './server-process.ts'
import { change, countOf, follow, openWorld, seedOf, settle, settleAtEnd, type World } from './world.ts'

const KILLS = countOf('ROLLBACK_KILLS', 3)
/** How often each is passed in one rollback of this world; null: a moment drawn by the clock, which also falls into the work of a thread. */
const blows: readonly ({ point: Point; passes: number } | null)[] = [
  { point: 'seal', passes: 1 },
  { point: 'sealed', passes: 1 },
  null,
  { point: 'before-commit', passes: 2 },
  { point: 'after-commit', passes: 3 },
]

function versionsOf(world: World): number[] {
  const database = new Database(world.file, { readonly: true })
  try {
    return database.prepare('select number from sl_versions order by number').pluck().all() as number[]
  } finally {
    database.close()
  }
}

/** A sync that dies after a few commits: what it wrote is an unfinished version, which a rollback drops. */
async function leaveUnfinished(world: World, server: ServerProcess): Promise<ServerProcess> {
  await server.order({ kind: 'strike', point: 'row-closed', nth: 20, signal: 'SIGKILL' })
  await follow(server, world.integration)
  if (await server.order({ kind: 'spare' })) return server
  return world.start()
}

test(`kill -9 in ${KILLS} rollbacks`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('rollback and kill -9')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 2_000 })
  let { server } = world
  try {
    const ends = { 'did not happen': 0, happened: 0 }
    let deaths = 0
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const blow = blows[(kill - 1) % blows.length] ?? null
      const told = `SEED=${seed} kill ${kill} at ${blow?.point ?? 'any moment'}`
      change(world, seed + kill, 300)
      await settle(world, server, told)
      change(world, seed - kill, 300)
      if (random() < 0.5) server = await leaveUnfinished(world, server)
      const before = versionsOf(world)
      const target = before[Math.floor(random() * before.length)] ?? 1
      if (blow !== null) {
        const nth = 1 + Math.floor(random() * blow.passes)
        await server.order({ kind: 'strike', point: blow.point, nth, signal: 'SIGKILL' })
      }
      const path = `/api/datasets/${target}/rollback?integration=${world.integration}`
      const asked = server.call('POST', path, { reason: told }).catch(() => null)
      if (blow === null) {
        await wait(Math.floor(random() * 80))
        await server.end('SIGKILL')
      }
      const answer = await asked
      expect(answer?.status ?? 201, `${told}: ${JSON.stringify(answer?.body)}`).toBe(201)
      const died = !(await server.order({ kind: 'spare' }))
      expect(world.checker.always(), told).toEqual([])
      const happened = versionsOf(world).length > before.length
      if (answer !== null) expect(happened, `${told}: what was answered is there`).toBe(true)
      ends[happened ? 'happened' : 'did not happen'] += 1
      if (!died) continue
      deaths += 1
      // The lease of the rollback tells whose it was: nobody waits until it is over.
      server = await world.start()
      expect(world.checker.idle(), `${told}, started again`).toEqual([])
    }
    await settleAtEnd(world, server, seed)
    console.log(`rollback and kill -9: ${KILLS} orders, ${deaths} deaths, rollbacks ${JSON.stringify(ends)}`)
    expect(deaths).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
})
