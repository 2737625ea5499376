/** The checker can fail: delete passes that take away what is there are caught within 50 seeds. */
import { expect, test } from 'vitest'
import { checkGuard, checkMirror } from './invariants.ts'
import { DeletesOnFailedPage, type LosingDeletes, NoGuard, TrustsTheFeed } from './losing-deletes.ts'
import { randomOf, World, type WorldOptions } from './world.ts'

const SEEDS = 50

test.each<[string, (world: World) => LosingDeletes, Omit<WorldOptions, 'seed' | 'rows'>, RegExp]>([
  [
    'a failed page taken for an empty one',
    (world) => new DeletesOnFailedPage(world),
    { deletes: 0.1, faults: 0.03 },
    /^I4 SEED=\d+: visible and not in the mirror/,
  ],
  [
    'a feed believed without asking for the record',
    (world) => new TrustsTheFeed(world),
    { deletes: 0.15, undeletes: 0.3 },
    /^I4 SEED=\d+: visible and not in the mirror/,
  ],
])('%s', async (_name, make, options, law) => {
  const caught: string[] = []
  for (let seed = 1; seed <= SEEDS && caught.length === 0; seed += 1) {
    const world = new World({ ...options, seed, rows: 40 })
    const random = randomOf(seed + 1)
    const pass = make(world)
    for (let run = 0; run < 8; run += 1) {
      await pass.run().catch(() => undefined)
      world.advance(Math.floor(random() * 90))
    }
    world.quiet()
    world.advance(200)
    await pass.run()
    caught.push(...(await said(async () => checkMirror(seed, await pass.records(), world.visible()))))
  }
  expect(caught[0]).toMatch(law)
})

test('a reconcile without a guard: an access rule hides everything for an hour, and the mirror is emptied', async () => {
  const world = new World({ seed: 1, rows: 80, churn: 0 })
  const pass = new NoGuard(world)
  await pass.run()
  const mirrored = (await pass.records()).length
  for (const id of world.rows.history.keys()) world.rows.hide(id)
  await pass.run()
  const gone = mirrored - (await pass.records()).length
  expect(await said(async () => checkGuard(1, mirrored, gone))).toEqual([
    'GUARD SEED=1: 80 of 80 rows were taken away in one run',
  ])
})

async function said(check: () => Promise<void>): Promise<string[]> {
  try {
    await check()
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : 'unknown']
  }
}
