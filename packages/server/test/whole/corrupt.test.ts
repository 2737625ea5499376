/** A damaged page in the database file: the server says so in words, at its start or in its answers, and never serves what is not true. */
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import { freePort, ServerProcess } from './server-process.ts'
import { countOf, openWorld, seedOf, settle } from './world.ts'

const PAGES = countOf('PAGES_BROKEN', 3)
const PAGE = 4_096

/** Writes chance over one page somewhere behind the first few, which every program would miss at once. */
function breakPage(file: string, random: () => number): number {
  const pages = Math.floor(statSync(file).size / PAGE)
  const page = 4 + Math.floor(random() * (pages - 4))
  const bytes = Buffer.from(Array.from({ length: PAGE }, () => Math.floor(random() * 256)))
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, PAGE, page * PAGE)
  closeSync(handle)
  return page
}

/** Brings what stands in the log into the file itself, so that a copy of the file is whole. */
function gather(file: string): void {
  const database = new Database(file)
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}

/** Everything a person may ask of the mirror, and that each answer is either true or a refusal in words. */
async function ask(
  server: ServerProcess,
  integration: string,
  truth: string,
  told: string,
): Promise<string[]> {
  const paths = [
    '/api/integrations',
    `/api/integrations/${integration}/runs`,
    `/api/datasets?integration=${integration}`,
    `/api/datasets/1/incidents?integration=${integration}&limit=200`,
  ]
  const codes: string[] = []
  for (const path of paths) {
    const { status, body } = await server.call('GET', path)
    codes.push(status === 200 ? 'ok' : String(body.code))
    if (status !== 200) expect(body, `${told}: ${path}`).toMatchObject({ status: 502, code: 'store_failed' })
    expect(JSON.stringify(body), `${told}: ${path}`).not.toMatch(/SQLITE|\bat .*\.js/)
  }
  codes.push(await exported(server, integration, truth, told))
  const events = await server.events('POST', `/api/integrations/${integration}/sync`)
  const end = events.at(-1)
  codes.push(String(end?.data.code ?? end?.type))
  expect(['complete', 'store_failed'], `${told}: ${JSON.stringify(end)}`).toContain(codes.at(-1))
  expect((await server.call('GET', '/healthz')).status, `${told}: it lives`).toBe(200)
  return codes
}

/** A stream that meets the damage on its way breaks off: it never ends as if it were whole. */
async function exported(
  server: ServerProcess,
  integration: string,
  truth: string,
  told: string,
): Promise<string> {
  const path = `/api/datasets/1/export?integration=${integration}&format=ndjson`
  try {
    const response = await server.fetch('GET', path)
    const text = await response.text()
    if (response.status !== 200) return String(response.status)
    expect(text === truth, `${told}: the export is true`).toBe(true)
    return 'ok'
  } catch (error) {
    if (error instanceof TypeError) return 'broken off'
    throw error
  }
}

test(`${PAGES} damaged pages of the database`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('damaged pages')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 800 })
  const folder = mkdtempSync(join(tmpdir(), 'snowline-damage-'))
  const started: ServerProcess[] = []
  try {
    await settle(world, world.server, `SEED=${seed}`)
    const path = `/api/datasets/1/export?integration=${world.integration}&format=ndjson`
    const truth = await (await world.server.fetch('GET', path)).text()
    await world.server.end('SIGTERM')
    gather(world.file)
    const results: string[] = []
    for (let broken = 1; broken <= PAGES; broken += 1) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
      copyFileSync(world.file, join(folder, 'snowline.db'))
      copyFileSync(join(world.dataDir, 'secret.key'), join(folder, 'secret.key'))
      const env = { SN_ALLOWED_ORIGINS: world.origin }
      const start = async () => {
        const server = await ServerProcess.start({ dataDir: folder, port: await freePort(), env })
        started.push(server)
        return server
      }
      const file = join(folder, 'snowline.db')
      // Half of them are damaged while a server is at work on them, the rest before it begins.
      const atWork = broken % 2 === 0 ? await start() : null
      const told = `SEED=${seed} page ${breakPage(file, random)}, number ${broken}${atWork ? ', at work' : ''}`
      if (atWork !== null) {
        await atWork.signIn()
        results.push((await ask(atWork, world.integration, truth, told)).join(' '))
        await atWork.end('SIGKILL')
      }
      const server = await start().catch((refusal: unknown) => String(refusal))
      if (typeof server === 'string') {
        expect(server, told).toMatch(/damaged/)
        expect(server, told).toMatch(/backup/)
        expect(server, `${told}: words, no stack`).not.toMatch(/\n\s+at /)
        results.push('refused at the start')
        continue
      }
      await server.signIn()
      results.push((await ask(server, world.integration, truth, told)).join(' '))
      await server.end('SIGKILL')
    }
    console.log(`damaged pages: ${PAGES}\n  ${results.join('\n  ')}`)
  } finally {
    await Promise.all(started.map((server) => server.end('SIGKILL')))
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
