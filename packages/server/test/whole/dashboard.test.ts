/** A real Chromium before the real server: what a stranger sees after `npm start`, and what stands there without a configuration. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, signIn } from './chromium.ts'
import { admin, freePort, ServerProcess } from './server-process.ts'

const cli = join(import.meta.dirname, '../../dist/cli.js')
const pictures = join(import.meta.dirname, '../__screenshots__')

let browser: Browser
beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  browser = await launchChromium()
})
afterAll(() => browser?.close())

/** `snowline demo`, as `npm start` runs it; the line with `ready` carries the address. */
async function startDemo(dataDir: string): Promise<{ child: ChildProcess; url: string }> {
  const env = {
    PATH: process.env.PATH ?? '',
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    SIM_PORT: String(await freePort()),
  }
  const child = spawn(process.execPath, [cli, 'demo'], {
    env,
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const url = /ready.*?(http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return { child, url }
  }
  throw new Error('the demo ended before it was ready')
}

test('the demo: an agent signs in, sees 25 incidents, opens one, breaks the instance and is told so', {
  timeout: 60_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-demo-'))
  const { child, url } = await startDemo(dataDir)
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  try {
    await signIn(page, url, { email: 'agent@demo.test', password: 'demo' })
    const rows = page.locator('sn-incidents tbody tr')
    await expect.poll(() => rows.count(), { timeout: 15_000 }).toBe(25)
    await page.screenshot({ path: join(pictures, 'dashboard-light.png') })
    const number = await rows.nth(3).getByRole('button').first().textContent()
    await rows.nth(3).click()
    const dialog = page.getByRole('dialog')
    await expect.poll(() => dialog.textContent(), { timeout: 10_000 }).toContain(number?.trim())
    await page.screenshot({ path: join(pictures, 'dashboard-details.png') })
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.isVisible()).toBe(false)
    await page.getByRole('radio', { name: 'Asleep' }).check()
    await page.getByRole('button', { name: 'Fetch latest incidents' }).click()
    await page
      .locator('sn-incidents')
      .getByText(/asleep|hibernat/i)
      .first()
      .waitFor({ timeout: 20_000 })
    expect(await rows.count(), 'the saved copy stays in sight').toBe(25)
    await page.screenshot({ path: join(pictures, 'dashboard-asleep.png') })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 400, height: 860 })
    await page.screenshot({ path: join(pictures, 'dashboard-dark-narrow.png') })
    expect(complaints).toEqual([])
  } finally {
    await page.close()
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    rmSync(dataDir, { recursive: true, force: true })
    expect(code, 'the demo stops cleanly').toBe(0)
  }
})

test('without a configuration the friendly panel stands there', { timeout: 60_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-bare-'))
  const server = await ServerProcess.start({ dataDir, port: await freePort() })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  try {
    await signIn(page, `${server.url}/servicenow`, admin)
    await page
      .locator('sn-incidents')
      .getByText(/ServiceNow (is )?not configured/i)
      .first()
      .waitFor({ timeout: 15_000 })
    await page.screenshot({ path: join(pictures, 'dashboard-not-configured.png') })
  } finally {
    await page.close()
    await server.end('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
  }
})
