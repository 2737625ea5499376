/** The page at `/` in a real Chromium: what it shows, what its switches do, and the rules under which it runs. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createInstance, FAULT_KINDS, type Instance } from '../../src/index.ts'
import { fromScenario } from '../../src/scenario.ts'
import { serveInstance } from '../../src/serve.ts'
import { AUTH, INCIDENT } from '../door.ts'

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--gaia-url=http://127.0.0.1:9/',
      '--component-updater=url-source=http://127.0.0.1:9/',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  })
}, 60_000)
afterAll(() => browser.close())

interface Shown {
  readonly sn: Instance
  readonly url: string
  readonly page: Page
  /** What the browser complained about: errors and broken rules of the page. */
  readonly complaints: string[]
}

async function open(width = 1280, preset: 'healthy' | 'hostile' = 'healthy'): Promise<Shown> {
  const sn = createInstance(fromScenario({ preset, clock: {} }))
  const { url, close } = await serveInstance(sn)
  onTestFinished(close)
  const page = await browser.newPage({ viewport: { width, height: 900 } })
  onTestFinished(() => page.close())
  const complaints: string[] = []
  page.on('console', (line) => complaints.push(line.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${url}/`)
  await page.getByText('live', { exact: true }).waitFor()
  return { sn, url, page, complaints }
}

test('its files come with a policy of nothing but themselves; the instance keeps every other path', async () => {
  const { url, sn } = await open()
  for (const path of ['/', '/__sim/page/page.css', '/__sim/page/page.js', '/__sim/page/mark.svg']) {
    const answer = await fetch(url + path)
    expect([path, answer.status, answer.headers.get('content-security-policy')?.split(';')[0]]).toEqual([
      path,
      200,
      "default-src 'self'",
    ])
  }
  expect((await fetch(`${url}/`, { method: 'POST' })).headers.get('content-security-policy')).toBe(null)
  expect((await fetch(`${url}/__sim/page/else.js`)).status).toBe(404)
  expect(await (await fetch(`${url}/login.do`)).text()).toContain('Log in | ServiceNow')
  expect(sn.control.stats().requests).toBe(2)
})

test('records are there newest first, found by a text, and open with every field', async () => {
  const { page, sn, complaints } = await open()
  const numbers = page.locator('#records tbody .open')
  const newest = sn.control.browse('incident', { limit: 1 }).rows[0]?.cells[0]
  expect(await numbers.first().textContent()).toBe(newest)
  expect(await numbers.count()).toBe(50)
  await page.getByLabel('Search').fill('INC0010007')
  await expect.poll(() => page.locator('#records tbody tr').count()).toBe(1)
  await numbers.first().click()
  const first = page.getByRole('dialog').locator('tbody tr')
  expect(await first.nth(0).textContent()).toContain('Number')
  expect(await first.nth(1).textContent()).toContain('Short description')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByLabel('Search').fill('nothing shows this')
  await page.getByText('No record shows that text.').waitFor()
  await page.getByLabel('Search').fill('')
  await page.getByLabel('Table').selectOption('sys_user')
  await page.getByRole('columnheader', { name: 'Email' }).waitFor()
  expect(complaints).toEqual([])
})

test('requests show while they come, with user, status and the fault that struck', async () => {
  const { page, url, complaints } = await open()
  await page.getByRole('switch', { name: 'maintenance' }).click()
  await page.getByText('maintenance is on').waitFor()
  await fetch(`${url}${INCIDENT}?sysparm_query=active=true`, { headers: AUTH })
  const row = page.locator('#requests tbody tr').first()
  await row.waitFor()
  expect(await row.textContent()).toMatch(
    /GET \/api\/now\/table\/incident\?sysparm_query=active=trueadmin[\d.,]+ ms\d+ B503maintenance$/,
  )
  await row.getByRole('button').click()
  const dialog = page.getByRole('dialog')
  expect(await dialog.textContent()).toContain(`GET ${INCIDENT}?sysparm_query=active=true`)
  expect(await dialog.getByRole('row', { name: 'sysparm_query' }).textContent()).toContain('active=true')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('switch', { name: 'maintenance' }).click()
  await page.getByText('maintenance is off').waitFor()
  expect((await fetch(`${url}${INCIDENT}?sysparm_limit=1`, { headers: AUTH })).status).toBe(200)
  expect(complaints).toEqual([])
})

test('every kind of fault has a switch, whose rate can be chosen; one for the next request goes off by itself', async () => {
  const { page, url, sn } = await open()
  expect(await page.getByRole('switch').count()).toBe(FAULT_KINDS.length + 1)
  await page.getByLabel('A switch hits').selectOption('next')
  await page.getByRole('switch', { name: 'rate-limit' }).click()
  await page.locator('[aria-labelledby="fault-rate-limit"][aria-checked="true"]').waitFor()
  expect(sn.control.faults()).toMatchObject([{ kind: 'rate-limit', count: 1 }])
  expect((await fetch(`${url}${INCIDENT}`, { headers: AUTH })).status).toBe(429)
  await page.locator('[aria-labelledby="fault-rate-limit"][aria-checked="false"]').waitFor()
})

test('a hostile instance shows its switches on, and all go off at once', async () => {
  const { page, sn } = await open(1280, 'hostile')
  expect(await page.locator('#faults [aria-checked="true"]').count()).toBe(FAULT_KINDS.length)
  await page.getByRole('button', { name: 'All off' }).click()
  await expect.poll(() => page.locator('#faults [aria-checked="true"]').count()).toBe(0)
  expect(sn.control.faults()).toEqual([])
})

test('the clock is moved, people are set to work, and a reset takes it all back', async () => {
  const { page, sn, complaints } = await open()
  await page.getByRole('button', { name: '+1 hour' }).click()
  await page.getByText('2026-11-02 10:00:00 UTC').waitFor()
  await page.getByRole('switch', { name: 'A change every' }).click()
  await page.locator('#work[aria-checked="true"]').waitFor()
  const before = sn.control.browse('incident').rows[0]?.cells
  await page.getByRole('button', { name: '+1 minute' }).click()
  await page.getByText('2026-11-02 10:01:00 UTC').waitFor()
  expect(sn.control.browse('incident').rows[0]?.cells).not.toEqual(before)
  await page.getByRole('button', { name: 'Make 20' }).click()
  await page.getByText('20 changes were made.').waitFor()
  page.on('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: 'Reset everything' }).click()
  await page.getByText('2026-11-02 09:00:00 UTC').waitFor()
  await page.locator('#work[aria-checked="false"]').waitFor()
  expect(complaints).toEqual([])
})

test('400 pixels are enough, and what scrolls is reached by keys', async () => {
  const { page } = await open(400)
  const html = page.locator('html')
  expect(await html.evaluate((root) => (root as unknown as { scrollWidth: number }).scrollWidth)).toBe(400)
  expect(await page.locator('.scroll:not([tabindex="0"])').count()).toBe(0)
})

test('a page that loses its instance says so', async () => {
  const { page, sn } = await open()
  await page.route('**/__sim/overview', (route) => route.abort())
  await page.getByText('not reached').waitFor()
  expect(sn.control.stats().requests).toBe(0)
})

test('a search tells how far it has looked, and a record shows the note that was just written', async () => {
  const { page, sn, url } = await open()
  sn.control.bulk({ seed: 1, count: 20_100 })
  await page.getByLabel('Search').fill('nothing shows this')
  await page.getByText('None of the newest 20,000 of 20,500 records shows that text.').waitFor()
  const list = await fetch(`${url}${INCIDENT}?sysparm_query=ORDERBYsys_updated_on&sysparm_limit=1`, {
    headers: AUTH,
  })
  const [oldest] = ((await list.json()) as { result: { number: string; sys_id: string }[] }).result
  await page.getByLabel('Search').fill(oldest?.number ?? '')
  await page.getByText('1 found in 20,500').waitFor()
  await fetch(`${url}${INCIDENT}/${oldest?.sys_id}`, {
    method: 'PATCH',
    headers: { ...AUTH, 'content-type': 'application/json' },
    body: JSON.stringify({ work_notes: 'Just written.' }),
  })
  await page.locator('#records tbody .open').first().click()
  await page.getByRole('dialog').getByText('Just written.').waitFor()
})

test('what a click did is told inside the window and moves nothing', async () => {
  const { page } = await open(400)
  const control = page.getByRole('switch', { name: 'empty-answer' })
  await control.scrollIntoViewIfNeeded()
  const before = await control.boundingBox()
  await control.click()
  const told = page.getByRole('status')
  await told.getByText('empty-answer is on').waitFor()
  const box = await told.boundingBox()
  expect(box && box.y > 0 && box.y + box.height <= 900).toBe(true)
  expect(await control.boundingBox()).toEqual(before)
  expect(await page.getByRole('button', { name: 'Close' }).count()).toBe(0)
  await page.route('**/__sim/faults/*', (route) => route.fulfill({ status: 400, json: { error: 'No.' } }))
  await control.click()
  await told.getByText('That did not work: No.').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  expect(await told.textContent()).toBe('')
})

test('a frozen clock is said to stand still with the answer to the click', async () => {
  const sn = createInstance({ clock: { now: Date.now } })
  const { url, close } = await serveInstance(sn)
  onTestFinished(close)
  const page = await browser.newPage()
  onTestFinished(() => page.close())
  await page.goto(`${url}/`)
  await page.locator('#clock-state').getByText('runs').waitFor()
  await page.getByRole('button', { name: 'Freeze' }).click()
  await page.getByText('The clock stands still.').waitFor()
  const state = await page.evaluate("fetch('/__sim/overview').then((answer) => answer.json())")
  expect(state).toMatchObject({ running: false })
  await page.locator('#clock-state').getByText('stands still').waitFor()
})

test('a reset empties the log also while it is paused', async () => {
  const { page, url, sn } = await open()
  await fetch(`${url}${INCIDENT}?sysparm_limit=1`, { headers: AUTH })
  await page.locator('#requests tbody tr').first().waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  page.on('dialog', (dialog) => void dialog.accept())
  await page.getByRole('button', { name: 'Reset everything' }).click()
  await page.getByText('Nobody has asked for anything yet.').waitFor()
  expect(await page.locator('#requests tbody tr').count()).toBe(0)
  expect(sn.control.stats().requests).toBe(0)
})
