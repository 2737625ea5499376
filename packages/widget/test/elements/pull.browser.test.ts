/** "Pull now" and "Import as tickets…": who sees them, what is asked, what is told, in a real browser. */
import type { PullAnswer, PullItem } from '@snowline/protocol'
import axe from 'axe-core'
import { expect, test, vi } from 'vitest'
import { page as browserPage, userEvent } from 'vitest/browser'
import { type FakeRoutes, problem } from '../support/fake-api.ts'
import { type Mounted, mount } from '../support/mount.ts'

const items: readonly PullItem[] = [
  { number: 'INC0010120', sys_id: 'a'.repeat(32), ticket_id: null, action: 'import', reason: null },
  { number: 'INC0010119', sys_id: 'b'.repeat(32), ticket_id: '1042', action: 'update', reason: null },
  {
    number: 'INC0010118',
    sys_id: 'c'.repeat(32),
    ticket_id: null,
    action: 'skip',
    reason: 'It has no subject.',
  },
  { number: 'INC0010117', sys_id: 'd'.repeat(32), ticket_id: null, action: 'import', reason: null },
]

function pulled(over: Partial<PullAnswer> = {}): PullAnswer {
  return { success: true, fetched: 60, imported: 0, updated: 3, skipped: 2, items: [], ...over }
}

const dryRun = pulled({ items })
const imported = pulled({
  imported: 2,
  items: items.map((item, at) => (item.action === 'import' ? { ...item, ticket_id: `200${at}` } : item)),
})

const isDry = (body: unknown) => JSON.stringify(body).includes('"dryRun":true')
const routes: FakeRoutes = {
  permissions: () => ['incident.view', 'incident.pull'],
  pull: (body) => (isDry(body) ? dryRun : imported),
}

async function opened(given: FakeRoutes = routes): Promise<Mounted> {
  const mounted = mount(given, { ticketHref: '/tickets/{id}' })
  await vi.waitFor(() => mounted.find('.as-tickets').click())
  await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(true))
  return mounted
}

const pulls = ({ api }: Mounted) => api.asked.filter(({ url }) => url.pathname === '/api/sn/sync/pull')
const words = ({ find }: Mounted, selector: string) => find(selector).textContent?.replace(/\s+/g, ' ').trim()

test.each([[['incident.view']], [[]]])('who has only %j sees neither button', async (permissions) => {
  const mounted = mount({ ...routes, permissions: () => permissions })
  await vi.waitFor(() =>
    expect(mounted.api.asked.some(({ url }) => url.pathname === '/api/auth/me')).toBe(true),
  )
  await vi.waitFor(() => mounted.find('tbody tr'))
  await mounted.element.updateComplete
  expect(mounted.text()).not.toMatch(/Import|Pull now/)
})

test('the dry run writes nothing and tells new, already here, and skipped with its reason', async () => {
  const mounted = await opened()
  await vi.waitFor(() => expect(mounted.all('.items li')).toHaveLength(4))
  expect(pulls(mounted).map(({ method, body }) => [method, body])).toEqual([
    ['POST', { import: true, dryRun: true }],
  ])
  expect(words(mounted, '.title p')).toBe('2 new, 2 already here or skipped. Nothing is made yet.')
  const rows = mounted.all('.items li').map((row) => row.textContent?.replace(/\s+/g, ' ').trim())
  expect(rows).toEqual([
    'INC0010120 New',
    'INC0010117 New',
    'INC0010119 Already here Linked ticket 1042',
    'INC0010118 Skipped It has no subject.',
  ])
  expect(words(mounted, '.foot .button')).toBe('Import 2')
})

test('Import makes the tickets, links them, and reads the list again', async () => {
  const mounted = await opened()
  await vi.waitFor(() => mounted.find('.foot .button'))
  const lists = mounted.api.lists().length
  mounted.find('.foot .button').click()
  await vi.waitFor(() => expect(words(mounted, '.title p')).toBe('Imported 2, skipped 2.'))
  expect(pulls(mounted).at(-1)?.body).toEqual({ import: true, dryRun: false })
  expect(mounted.find<HTMLAnchorElement>('.items a').getAttribute('href')).toBe('/tickets/2000')
  expect(mounted.root.querySelector('.foot')).toBeNull()
  await vi.waitFor(() => expect(mounted.api.lists()).toHaveLength(lists + 1))
})

test('Escape closes it and the focus is back on its button', async () => {
  const mounted = await opened()
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(false))
  expect(mounted.root.activeElement?.classList.contains('as-tickets')).toBe(true)
  mounted.find('.number').click()
  await vi.waitFor(() => expect(mounted.root.querySelector('dialog[open] .facts')).not.toBeNull())
})

test('a refused dry run says why and offers nothing to import', async () => {
  const mounted = await opened({
    ...routes,
    pull: () => problem('sync_running', { detail: 'A sync is under way.', hint: 'Wait for it.' }),
  })
  await vi.waitFor(() => expect(words(mounted, 'dialog .notice')).toBe('A sync is under way. Wait for it.'))
  expect(mounted.root.querySelector('.foot')).toBeNull()
})

test('Pull now asks once, says so while it waits, and tells what came', async () => {
  let answer: (value: PullAnswer) => void = () => undefined
  const waiting = new Promise<PullAnswer>((resolve) => {
    answer = resolve
  })
  const mounted = mount({ ...routes, pull: () => waiting })
  const button = () => mounted.all('header .button').find((one) => /Pull/.test(one.textContent ?? ''))
  await vi.waitFor(() => expect(button()?.textContent?.trim()).toBe('Pull now'))
  button()?.click()
  await vi.waitFor(() => expect(button()?.textContent?.trim()).toBe('Pulling…'))
  button()?.click()
  answer(pulled())
  await vi.waitFor(() => expect(mounted.text()).toContain('Pulled. 60 fetched, 3 updated.'))
  expect(pulls(mounted).map(({ body }) => body)).toEqual([{}])
})

test.each(['light', 'dark'] as const)(
  'axe finds nothing in the dialog, and a picture, %s',
  async (scheme) => {
    for (const width of [1280, 400]) {
      await browserPage.viewport(width, 860)
      document.documentElement.style.colorScheme = scheme
      document.documentElement.lang = 'en'
      const mounted = await opened()
      await vi.waitFor(() => mounted.find('.foot .button'))
      await Promise.all(mounted.root.getAnimations().map((animation) => animation.finished))
      await browserPage.screenshot({ path: `__screenshots__/import-${scheme}-${width}.png` })
      const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } }
      const { violations } = await axe.run(document.body, { rules })
      expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target)}`)).toEqual([])
      mounted.element.close()
      await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(false))
      await browserPage.screenshot({ path: `__screenshots__/import-buttons-${scheme}-${width}.png` })
      mounted.element.remove()
    }
  },
)
