/** Files that a killed process left half written: gone at the next start and before the next run, whoever's is still being written stays. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { halfWritten, removeHalfWritten } from '../src/half-written.ts'
import { TestServer } from './kit.ts'

let server: TestServer
let id: string

beforeEach(async () => {
  server = await TestServer.open({ incidents: 5 })
  id = await server.createServiceNow()
})

afterEach(() => server.close())

const host = encodeURIComponent(hostname())

function dead(): string {
  return `${host}/${spawnSync(process.execPath, ['-e', '']).pid}/1`
}

/** Both copies of a run as a process leaves them that is killed, and those of three that may be at work. */
function leave(integration: string): { gone: string[]; kept: string[] } {
  const folder = join(server.dataDir, 'raw', integration)
  mkdirSync(folder, { recursive: true })
  const copies = (identity: string) => [
    halfWritten(join(folder, `${crypto.randomUUID()}.ndjson.gz`), identity),
    halfWritten(join(server.dataDir, `.incidentspulledfromsnow.json.${crypto.randomUUID()}`), identity),
  ]
  const gone = copies(dead())
  const living = [`${host}/${process.ppid}/-`, `another-host/${process.pid}/1`]
  const kept = [...living.flatMap(copies), join(server.dataDir, 'notes.tmp'), join(folder, 'notes.tmp')]
  for (const file of [...gone, ...kept]) writeFileSync(file, '[')
  return { gone, kept }
}

const present = (files: readonly string[]) => files.map((file) => existsSync(file))

test.each(['', 'env'])('what dead processes left is gone before the first request: %s', async (of) => {
  const { gone, kept } = leave(of || id)
  await server.app.start()
  expect(present(gone)).toEqual([false, false])
  expect(present(kept)).toEqual(kept.map(() => true))
})

test('and before a new run of the same integration', async () => {
  const { gone, kept } = leave(id)
  expect((await server.sync(id)).at(-1)?.type).toBe('complete')
  expect(present(gone)).toEqual([false, false])
  expect(present(kept)).toEqual(kept.map(() => true))
})

test('a run writes under a name that tells its process', async () => {
  const names: string[] = []
  const held = await TestServer.open({
    incidents: 5,
    async wire(request, pass) {
      names.push(
        ...readdirSync(held.dataDir),
        ...readdirSync(join(held.dataDir, 'raw'), { recursive: true }).map(String),
      )
      return pass(request)
    },
  })
  try {
    await held.sync(await held.createServiceNow())
    const temporary = names.filter((name) => name.endsWith('.tmp'))
    expect(temporary.length).toBeGreaterThan(1)
    for (const name of temporary) expect(name).toContain(`%2F${process.pid}%2F`)
    await removeHalfWritten(held.dataDir)
    expect(existsSync(join(held.dataDir, 'snowline.db'))).toBe(true)
  } finally {
    await held.close()
  }
})

test('a folder that is not there holds nothing', async () => {
  await removeHalfWritten(join(server.dataDir, 'nowhere'))
})
