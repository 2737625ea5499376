/** A full disk: the run says `storage_full`, the watermark stays, reads go on, and with room again the next sync is exact. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
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

const FULL = countOf('FULL', 2)

/** What a server that keeps trying has left to write once there is room: a run it could not begin is taken back within seconds. */
const MEND_MS = 10_000

async function ended({ checker }: World): Promise<void> {
  const until = Date.now() + MEND_MS
  while (checker.idle().length > 0 && Date.now() < until) await wait(50)
}

/** What a run that met a full disk may say, and what must be true of it afterwards. */
async function checkRefused(
  world: World,
  server: ServerProcess,
  seen: readonly SseEvent[],
  watermark: string | null,
  told: string,
): Promise<boolean> {
  const end = String(seen.at(-1)?.data.code ?? seen.at(-1)?.type)
  expect(['storage_full', 'complete'], `${told}: ${JSON.stringify(seen.at(-1))}`).toContain(end)
  await ended(world)
  expect(world.checker.idle(), told).toEqual([])
  await checkReplay(server, seen, told)
  if (end === 'storage_full') expect(world.checker.watermark, told).toBe(watermark)
  return end === 'storage_full'
}

test(`the database may not grow any more, ${FULL} times`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('full disk')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 1_500 })
  const { server, checker } = world
  try {
    let refused = 0
    for (let full = 1; full <= FULL; full += 1) {
      const pages = Math.floor(random() * 40)
      const told = `SEED=${seed} full ${full}: room for ${pages} pages`
      change(world, seed + full, 400)
      const { watermark } = checker
      await server.order({ kind: 'room', pages })
      const stream = follow(server, world.integration)
      expect((await server.call('GET', '/api/integrations')).status, `${told}: reads go on`).toBe(200)
      // Even the word of the failure needs room: it comes as soon as there is some.
      await wait(500 + Math.floor(random() * 500))
      await server.order({ kind: 'room', pages: null })
      if (await checkRefused(world, server, await stream, watermark, told)) refused += 1
      await settle(world, server, told)
    }
    await settleAtEnd(world, server, seed)
    console.log(`full disk: ${FULL} times, ${refused} runs refused`)
    expect(refused).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
})

/** A folder on a small disk of its own, with room for what each round leaves behind; null where this user may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'snowline-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${40 + 4 * FULL}m`, 'tmpfs', folder])
  if (mounted.status === 0) return folder
  rmSync(folder, { recursive: true })
  return null
}

/** Leaves so many bytes free; fewer when the server is writing at this moment. */
function fill(folder: string, ballast: string, left: number): void {
  const { bavail, bsize } = statfsSync(folder)
  try {
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

const disk = smallDisk()
if (disk === null) console.log('skipped: a really full disk needs the right to mount one')

test.skipIf(disk === null)('a disk with no byte left', { timeout: 7_200_000 }, async () => {
  const folder = disk ?? ''
  const seed = seedOf('no byte left')
  const random = randomOf(seed)
  const dataDir = join(folder, 'data')
  const ballast = join(folder, 'ballast')
  mkdirSync(dataDir)
  const world = await openWorld({ incidents: 1_500, dataDir })
  try {
    let refused = 0
    for (let full = 1; full <= FULL; full += 1) {
      const left = Math.floor(random() * 1_000_000)
      const told = `SEED=${seed} full ${full}: ${left} bytes left`
      change(world, seed + full, 400)
      const { watermark } = world.checker
      fill(folder, ballast, left)
      const stream = follow(world.server, world.integration)
      await wait(500 + Math.floor(random() * 500))
      truncateSync(ballast)
      if (await checkRefused(world, world.server, await stream, watermark, told)) refused += 1
      await settle(world, world.server, told)
    }
    await settleAtEnd(world, world.server, seed)
    console.log(`no byte left: ${FULL} times, ${refused} runs refused`)
    expect(refused).toBeGreaterThan(0)
  } finally {
    await world.close()
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  }
})
