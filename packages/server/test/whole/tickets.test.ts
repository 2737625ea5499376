/** A ticket becomes an incident in a real Chromium: preview, create, status, note, conflict, import, and failures told in words that help. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInstance, type Instance } from '@snowline/simulator'
import { type Served, serveInstance } from '@snowline/simulator/serve'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchChromium, signIn } from './chromium.ts'
import { admin, freePort, ServerProcess } from './server-process.ts'

const pictures = join(import.meta.dirname, '../__screenshots__')

let browser: Browser
let instance: Instance
let simulator: Served
let server: ServerProcess
let page: Page
let dataDir: string

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  dataDir = mkdtempSync(join(tmpdir(), 'snowline-tickets-'))
  instance = createInstance({ seed: 1, incidents: 30, clock: { now: () => Date.now() } })
  simulator = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
  const env = {
    SN_INSTANCE_URL: simulator.url,
    SN_ALLOWED_ORIGINS: simulator.url,
    SN_USERNAME: 'admin',
    SN_PASSWORD: 'admin',
    SN_TIMEOUT_MS: '3000',
    SN_MAX_RETRIES: '0',
    SN_AMBIGUOUS_WAIT_MS: '1000',
  }
  server = await ServerProcess.start({ dataDir, port: await freePort(), env })
  await server.signIn()
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(10_000)
  await signIn(page, `${server.url}/tickets`, admin)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.end('SIGTERM')
  await simulator?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

afterEach(() => instance.control.clearFaults())

/** What stood on the screen when a test failed is kept. */
beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    await page.screenshot({ path: join(pictures, 'ticket-failed.png') })
  })
})

async function open(
  fields: Record<string, unknown>,
): Promise<{ id: string; panel: ReturnType<Page['locator']> }> {
  const { body } = await server.call('POST', '/api/tickets', {
    description: 'Since this morning.',
    ...fields,
  })
  const { id } = body.ticket as { id: string }
  await page.goto(`${server.url}/tickets/${id}`)
  return { id, panel: page.locator('sn-ticket') }
}

/** Opens the preview and sends it. */
async function create(panel: ReturnType<Page['locator']>): Promise<void> {
  await panel
    .getByRole('button', { name: /^Create ServiceNow incident/ })
    .first()
    .click()
  await panel
    .getByRole('dialog')
    .getByRole('button', { name: /^Create ServiceNow incident/ })
    .click()
}

const incidentOf = (subject: string) => {
  const found = instance.control.records('incident').filter((record) => record.short_description === subject)
  expect(found).toHaveLength(1)
  return found[0] as Record<string, string>
}

test('not linked, preview, create, number; the instance has exactly what the preview showed', async () => {
  const { id, panel } = await open({
    subject: 'Scanner smells of smoke',
    priority: 'urgent',
    category: 'hardware',
    ai_suggestions: 'Switch it off.',
  })
  await panel
    .getByRole('button', { name: /^Create ServiceNow incident/ })
    .first()
    .click()
  const dialog = panel.getByRole('dialog')
  await dialog.getByLabel('Short description').waitFor()
  await page.screenshot({ path: join(pictures, 'ticket-preview.png') })
  await dialog.getByRole('button', { name: /^Create ServiceNow incident/ }).click()
  await panel
    .getByText(/INC\d{7}/)
    .first()
    .waitFor()
  const incident = incidentOf('Scanner smells of smoke')
  expect(incident).toMatchObject({ impact: '1', urgency: '1', priority: '1', category: 'hardware' })
  expect(incident.description).toContain('AI Suggestions\nSwitch it off.')
  const { body } = await server.call('GET', `/api/tickets/${id}`)
  expect(body.ticket).toMatchObject({
    sn_sys_id: incident.sys_id,
    sn_number: incident.number,
    sn_sync_status: 'ok',
  })
  await page.screenshot({ path: join(pictures, 'ticket-linked.png') })
})

test('a status changed here arrives there, and the note from the AI suggestions arrives once', async () => {
  const { panel } = await open({ subject: 'Door badge is dead', ai_suggestions: 'Charge the battery.' })
  await create(panel)
  await panel
    .getByText(/INC\d{7}/)
    .first()
    .waitFor()
  await page.getByLabel('Status').selectOption('in_progress')
  await expect.poll(() => incidentOf('Door badge is dead').state, { timeout: 15_000 }).toBe('2')
  await panel.getByRole('button', { name: /^Add work note from AI suggestions/ }).click()
  await panel
    .getByRole('dialog')
    .getByRole('button', { name: /^Add a work note/ })
    .click()
  const notes = () =>
    instance.control
      .records('sys_journal_field')
      .filter(
        (note) =>
          note.element_id === incidentOf('Door badge is dead').sys_id &&
          note.value?.includes('Charge the battery.'),
      )
  await expect.poll(() => notes().length, { timeout: 15_000 }).toBe(1)
  await panel.getByText('The work note was added.').first().waitFor()
})

test('without AI suggestions the note is not offered, and the reason is', async () => {
  const { panel } = await open({ subject: 'Clock shows last year' })
  await create(panel)
  await panel
    .getByText(/INC\d{7}/)
    .first()
    .waitFor()
  await panel.getByText('This ticket has no AI suggestions.').first().waitFor()
  const button = panel.getByRole('button', { name: /^Add work note from AI suggestions/ })
  expect(
    await button.evaluate(
      (node) =>
        (node as unknown as { disabled: boolean }).disabled || node.getAttribute('aria-disabled') === 'true',
    ),
  ).toBe(true)
})

test('changed on both sides: a person decides', async () => {
  const { panel } = await open({ subject: 'Lift stops at floor 2' })
  await create(panel)
  await panel
    .getByText(/INC\d{7}/)
    .first()
    .waitFor()
  const incident = incidentOf('Lift stops at floor 2')
  const auth = {
    authorization: `Basic ${btoa('admin:admin')}`,
    'content-type': 'application/json',
    accept: 'application/json',
  }
  await fetch(`${simulator.url}/api/now/table/incident/${incident.sys_id}`, {
    method: 'PATCH',
    headers: auth,
    body: JSON.stringify({ state: '3', hold_reason: '1' }),
  })
  await page.getByLabel('Status').selectOption('in_progress')
  await panel.getByText('Changed on both sides').first().waitFor()
  await panel.getByRole('cell', { name: 'On Hold' }).waitFor()
  await page.screenshot({ path: join(pictures, 'ticket-conflict.png') })
  await panel.getByRole('button', { name: /^Keep ours/ }).click()
  await expect.poll(() => incidentOf('Lift stops at floor 2').state, { timeout: 15_000 }).toBe('2')
})

test('asleep, no permission, an answer that is lost: each in words that help, and nothing twice', async () => {
  const asleep = await open({ subject: 'Coffee machine beeps' })
  instance.control.setFault({ kind: 'hibernating', match: { method: 'POST' } })
  await create(asleep.panel)
  await asleep.panel
    .getByText(/asleep|not confirmed|settles by itself/i)
    .first()
    .waitFor()
  await page.screenshot({ path: join(pictures, 'ticket-asleep.png') })
  instance.control.clearFaults()
  const denied = await open({ subject: 'Window does not close' })
  instance.control.setFault({ kind: 'status', status: 403, match: { method: 'POST' } })
  await create(denied.panel)
  await denied.panel
    .getByText(/denies the integration user/)
    .first()
    .waitFor()
  await page.screenshot({ path: join(pictures, 'ticket-denied.png') })
  instance.control.clearFaults()
  const lost = await open({ subject: 'Blind is stuck' })
  instance.control.setFault({ kind: 'lost-answer', match: { method: 'POST' }, count: 1 })
  await create(lost.panel)
  await lost.panel
    .getByText(/settles by itself|not confirmed/i)
    .first()
    .waitFor()
  incidentOf('Blind is stuck')
  instance.control.clearFaults()
})

test('import: a dry run first, then tickets, and the second time nothing is new', async () => {
  await page.goto(`${server.url}/servicenow`)
  const element = page.locator('sn-incidents')
  await element.getByRole('button', { name: /^Import as tickets/ }).click()
  const dialog = element.getByRole('dialog')
  await dialog
    .getByText(/\d+ new/)
    .first()
    .waitFor()
  await page.screenshot({ path: join(pictures, 'import-dry-run.png') })
  const before = await server.call('GET', '/api/tickets?limit=200')
  await dialog.getByRole('button', { name: /^Import \d+/ }).click()
  await dialog
    .getByText(/Imported \d+/)
    .first()
    .waitFor()
  const after = await server.call('GET', '/api/tickets?limit=200')
  const made = (after.body.tickets as unknown[]).length - (before.body.tickets as unknown[]).length
  expect(made).toBeGreaterThan(0)
  const again = await server.call('POST', '/api/sn/sync/pull', { import: true, dryRun: true })
  expect(again.body).toMatchObject({ success: true, imported: 0 })
})

test('the close code is asked for before anything is sent', async () => {
  const { panel } = await open({ subject: 'Plant is dry' })
  await create(panel)
  await panel
    .getByText(/INC\d{7}/)
    .first()
    .waitFor()
  await page.getByLabel('Status').selectOption('resolved')
  await panel
    .getByText(/close|resolution/i)
    .first()
    .waitFor()
  await page.screenshot({ path: join(pictures, 'ticket-close-code.png') })
  expect(incidentOf('Plant is dry').state).toBe('1')
})
