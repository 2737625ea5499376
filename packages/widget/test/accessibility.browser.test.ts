/** axe over every state of the element, light, dark and right to left. */
import axe from 'axe-core'
import { expect, test, vi } from 'vitest'
import { page as browserPage } from 'vitest/browser'
import { type FakeRoutes, problem } from './support/fake-api.ts'
import { health, incidents, notConfigured, page } from './support/incidents.ts'
import { type Mounted, mount } from './support/mount.ts'

interface State {
  routes?: FakeRoutes
  children?: string
  ready: string
  act?(mounted: Mounted): Promise<void>
}

async function open({ find, all }: Mounted, tab: string): Promise<void> {
  all('.number')[1]?.click()
  await vi.waitFor(() => find(`#tab-${tab}`))
  find(`#tab-${tab}`).click()
}

const states: Readonly<Record<string, State>> = {
  list: { ready: 'tbody tr' },
  'open menu and chips': {
    ready: 'tbody tr',
    async act({ find }) {
      find('[data-menu=priorities]').click()
      find('#menu-priorities input').click()
      await vi.waitFor(() => find('.filter-chip'))
    },
  },
  details: { ready: 'tbody tr', act: (mounted) => open(mounted, 'details') },
  activity: {
    ready: 'tbody tr',
    async act(mounted) {
      await open(mounted, 'activity')
      await vi.waitFor(() => mounted.find('.journal'))
    },
  },
  raw: { ready: 'tbody tr', act: (mounted) => open(mounted, 'raw') },
  'not configured': {
    routes: { health: () => notConfigured },
    children: '<a slot="not-configured" href="/integrations">Connect ServiceNow</a>',
    ready: '.panel',
  },
  asleep: {
    routes: { health: () => health({ status: 'asleep' }), incidents: () => problem('sn_unavailable') },
    ready: '.panel',
  },
  'nothing there': { routes: { incidents: () => page([]) }, ready: '.panel' },
  stale: {
    routes: { incidents: () => page(incidents(4), { source: 'mirror', stale: true }) },
    ready: '.notice',
  },
  loading: { routes: { incidents: () => new Promise(() => undefined) }, ready: '.skeleton' },
}

/** The test page around the element has no landmarks and no heading of its own; that is not the element's business. */
const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } }

const schemes = {
  light: { width: 1280, scheme: 'light', dir: 'ltr' },
  dark: { width: 1280, scheme: 'dark', dir: 'ltr' },
  'right to left': { width: 1280, scheme: 'light', dir: 'rtl' },
  'light and narrow': { width: 400, scheme: 'light', dir: 'ltr' },
} as const

for (const [look, { width, scheme, dir }] of Object.entries(schemes)) {
  for (const [name, state] of Object.entries(states)) {
    test(`axe finds nothing: ${name}, ${look}`, async () => {
      await browserPage.viewport(width, 860)
      document.documentElement.style.colorScheme = scheme
      document.documentElement.dir = dir
      document.documentElement.lang = 'en'
      const mounted = mount(state.routes, {}, state.children)
      await vi.waitFor(() => mounted.find(state.ready))
      await state.act?.(mounted)
      await Promise.all(mounted.root.getAnimations().map(settled))
      const { violations } = await axe.run(document.body, { rules })
      expect(violations.map(told)).toEqual([])
    })
  }
}

function told({ id, nodes }: axe.Result): string {
  return `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`
}

/** Contrast is measured on still pictures; what breathes forever is decoration. */
async function settled(animation: Animation): Promise<void> {
  if (animation.effect?.getTiming().iterations === 1) await animation.finished
}

test('in a page that reads from right to left the sheet comes from the left and ArrowLeft is the next tab', async () => {
  document.documentElement.dir = 'rtl'
  const mounted = mount()
  await vi.waitFor(() => mounted.find('tbody tr'))
  await open(mounted, 'details')
  const tab = mounted.find('#tab-details')
  tab.focus()
  tab.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))
  await vi.waitFor(() => expect(mounted.find('#tab-activity').getAttribute('aria-selected')).toBe('true'))
  await Promise.all(mounted.root.getAnimations().map(settled))
  expect(mounted.find('dialog').getBoundingClientRect().left).toBe(0)
})
