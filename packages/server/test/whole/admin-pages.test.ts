/** The pages of integrations and datasets in a real Chromium before the real server: connect, sync, reload, compare, roll back. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInstance, type Instance } from '@snowline/simulator'
import { type Served, serveInstance } from '@snowline/simulator/serve'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, signIn } from './chromium.ts'
import { admin, freePort, ServerProcess } from './server-process.ts'

const pictures = join(import.meta.dirname, '../__screenshots__')

let browser: Browser
let instance: Instance
let simulator: Served
let server: ServerProcess
let page: Page
let dataDir: string
/** What a browser complains about: errors of scripts, and everything a policy forbids. */
const complaints: string[] = []

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  dataDir = mkdtempSync(join(tmpdir(), 'snowline-admin-'))
  instance = createInstance({ seed: 1, incidents: 30, clock: { now: () => Date.now() } })
  simulator = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
  const env = { SN_ALLOWED_ORIGINS: simulator.url }
  server = await ServerProcess.start({ dataDir, port: await freePort(), env })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) complaints.push(message.text())
  })
  await signIn(page, `${server.url}/integrations`, admin)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.end('SIGTERM')
  await simulator?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) })

/** Waits for the summary of a run, and gives its words. */
async function summary(): Promise<string> {
  const end = page.locator('[data-run=complete]')
  await end.waitFor({ timeout: 30_000 })
  const words = (await end.textContent()) ?? ''
  await page.getByRole('button', { name: 'Dismiss' }).click()
  return words
}

test('an instance is connected by the form: a fault of the server stands at its field first', async () => {
  await page.getByRole('button', { name: 'Add integration' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Address').fill('http://198.51.100.7')
  await form.getByLabel('User name', { exact: true }).fill('admin')
  await form.getByRole('textbox', { name: 'Password' }).fill('admin')
  const save = form.getByRole('button', { name: 'Add integration' })
  await save.click()
  await form.locator('#fault-url').waitFor()
  expect(await form.getByLabel('Address').getAttribute('aria-invalid')).toBe('true')
  await picture('integrations-refused')
  await form.getByLabel('Address').fill(simulator.url)
  await save.click()
  const row = page.getByRole('article', { name: 'Integration ServiceNow' })
  await row.getByText('Never synced').waitFor()
  expect(await page.content(), 'no secret comes back into the page').not.toContain('"password":"admin"')
  expect(complaints).toEqual([])
})

test('a sync survives a reload of the page: its bar is there again, and its summary', {
  timeout: 60_000,
}, async () => {
  const slow = instance.control.setFault({ kind: 'slow', delayMs: 1_500 })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.locator('progress').waitFor()
  await page.reload()
  await page.locator('progress').waitFor()
  await picture('integrations-syncing')
  instance.control.clearFaults(slow)
  expect(await summary()).toMatch(/30 added, 0 updated, 0 unchanged, 0 deleted · dataset version 1/)
  await page.getByText('Synced', { exact: true }).waitFor()
  expect(complaints).toEqual([])
})

test('a sync is cancelled by a press, and that is no failure', { timeout: 60_000 }, async () => {
  const slow = instance.control.setFault({ kind: 'slow', delayMs: 5_000 })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await page.getByRole('button', { name: 'Cancel sync' }).click()
  await page.locator('[data-run=cancelled]').waitFor({ timeout: 20_000 })
  instance.control.clearFaults(slow)
  await page.getByRole('button', { name: 'Dismiss' }).click()
  expect(complaints).toEqual([])
})

test('versions: the newest two compared field by field, then a rollback with its reason', {
  timeout: 60_000,
}, async () => {
  expect(instance.control.mutate({ seed: 1, count: 4 })).not.toHaveLength(0)
  await page.getByRole('button', { name: 'Sync now' }).click()
  expect(await summary()).toMatch(/dataset version 2/)
  await page.getByRole('link', { name: 'Datasets' }).click()
  await expect.poll(() => page.locator('sn-datasets tbody tr').count()).toBe(2)
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.locator('.diffs li').first().waitFor()
  await picture('datasets-compared')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Roll back to version 1' }).click()
  const question = page.getByRole('dialog')
  expect(await question.textContent()).toContain('makes version 3 with exactly the 30 incidents of version 1')
  await question.getByLabel('Reason').fill('Trying the way back')
  await picture('datasets-rollback')
  await question.getByRole('button', { name: 'Roll back to version 1' }).click()
  await page.getByText('Version 3 is active; it equals version 1.').waitFor()
  await page.getByRole('button', { name: 'Details of version 3' }).click()
  await page.locator('.items li').first().waitFor()
  expect(await page.locator('.items li').count()).toBe(30)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export NDJSON' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^dataset-.*-3\.ndjson$/)
  await picture('datasets-version')
  expect(complaints).toEqual([])
})

test('the pause a rollback leaves is told with its reason, and Resume lifts it', async () => {
  await page.goto(`${server.url}/integrations`)
  const strip = page.locator('[data-kind=paused]')
  await strip.waitFor()
  expect(await strip.textContent()).toMatch(/version 1/)
  await strip.getByRole('button', { name: 'Resume' }).click()
  await strip.waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
})

test('on a narrow dark screen nothing is cut off and every page is within reach', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 400, height: 860 })
  for (const name of ['integrations', 'datasets']) {
    await page.goto(`${server.url}/${name}`)
    await page.locator('.row, tbody tr').first().waitFor()
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(wide, name).toBeLessThanOrEqual(400)
    await picture(`${name}-dark-narrow`)
  }
  expect(await page.getByRole('navigation').getByRole('link').allTextContents()).toEqual(
    expect.arrayContaining(['Integrations', 'Datasets']),
  )
})
