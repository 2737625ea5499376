/** The examples run as a stranger runs them: built packages, their own process, a real browser. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { afterEach, expect, test } from 'vitest'
import { root } from './sources.ts'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

/** Starts a command that says `ready <address>` and gives the address. */
async function ready(file: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [join(root, file), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const url = /ready.*?(http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`${file} ended before it was ready`)
}

async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return String(typeof address === 'object' ? address?.port : 0)
}

test('pull-to-sqlite: a first pull, then what has changed since', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowline-example-'))
  const script = join(root, 'examples/pull-to-sqlite/pull.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, join(folder, 'incidents.db')], {
    env: { PATH: process.env.PATH ?? '' },
  })
  rmSync(folder, { recursive: true })
  const [first, second] = stdout.trim().split('\n')
  expect(first).toMatch(/^first \{ added: 400, updated: 0, unchanged: 0, deleted: 0 \} version 1$/)
  expect(second).toMatch(/^second .* version 2$/)
})

test('vanilla-dashboard: the element in an old page, with a token of its host', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snowline-example-'))
  const env = { DATA_DIR: folder, PORT: await freePort(), SIM_PORT: await freePort() }
  const demo = await ready('packages/server/dist/cli.js', ['demo'], env)
  const host = await ready('examples/vanilla-dashboard/serve.ts', [], {
    PORT: '0',
    SNOWLINE_URL: new URL(demo).origin,
  })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(host)
    const rows = page.locator('sn-incidents tbody tr')
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(10)
    await rows.first().click()
    await expect.poll(() => page.title()).toMatch(/^INC\d+$/)
  } finally {
    await browser.close()
    for (const child of children.splice(0)) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
})
