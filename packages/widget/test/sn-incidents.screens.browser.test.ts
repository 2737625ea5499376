/** Pictures of every state, light and dark, wide and narrow, kept beside this file and never committed. */
import { afterEach, expect, test, vi } from 'vitest'
import { page as browserPage } from 'vitest/browser'
import { type FakeRoutes, problem } from './support/fake-api.ts'
import { health, incidents, notConfigured, page } from './support/incidents.ts'
import { type Mounted, mount, type Setup } from './support/mount.ts'

afterEach(() => {
  document.body.removeAttribute('style')
})

interface Shot {
  name: string
  routes?: FakeRoutes
  setup?: Setup
  children?: string
  ready: string
  act?(mounted: Mounted): void | Promise<void>
}

const later = () => new Promise<never>(() => undefined)

const shots: readonly Shot[] = [
  { name: 'list', ready: 'tbody tr' },
  {
    name: 'filters',
    ready: 'tbody tr',
    async act({ find, root }) {
      find<HTMLButtonElement>('[data-menu=states]').click()
      await vi.waitFor(() => expect(root.querySelector('#menu-states:not([hidden])')).not.toBeNull())
      for (const box of root.querySelectorAll<HTMLInputElement>('#menu-states input')) {
        if (box === root.querySelectorAll('#menu-states input')[1]) box.click()
      }
      root.querySelector<HTMLInputElement>('#menu-priorities input')?.click()
      await vi.waitFor(() => expect(root.querySelectorAll('.filter-chip')).toHaveLength(2))
    },
  },
  {
    name: 'details',
    ready: 'tbody tr',
    async act({ root }) {
      root.querySelectorAll<HTMLButtonElement>('.number')[1]?.click()
      await vi.waitFor(() => expect(root.querySelector('dialog[open] .facts')).not.toBeNull())
    },
  },
  {
    name: 'activity',
    ready: 'tbody tr',
    async act({ root, find }) {
      root.querySelectorAll<HTMLButtonElement>('.number')[1]?.click()
      await vi.waitFor(() => expect(root.querySelector('#tab-activity')).not.toBeNull())
      find('#tab-activity').click()
      await vi.waitFor(() => expect(root.querySelector('.journal')).not.toBeNull())
    },
  },
  {
    name: 'raw',
    ready: 'tbody tr',
    async act({ root, find }) {
      root.querySelectorAll<HTMLButtonElement>('.number')[1]?.click()
      await vi.waitFor(() => expect(root.querySelector('#tab-raw')).not.toBeNull())
      find('#tab-raw').click()
      await vi.waitFor(() => expect(root.querySelector('.raw pre')).not.toBeNull())
    },
  },
  {
    name: 'not-configured',
    routes: { health: () => notConfigured },
    children: '<a slot="not-configured" href="/integrations">Connect ServiceNow</a>',
    ready: '[data-scene=not_configured]',
  },
  {
    name: 'misconfigured',
    routes: {
      health: () =>
        health({
          status: 'misconfigured',
          connected: false,
          missing: ['SN_USERNAME', 'SN_PASSWORD'],
          invalid: ['SN_AUTH_TYPE'],
        }),
    },
    ready: '[data-scene=misconfigured]',
  },
  {
    name: 'asleep',
    routes: {
      health: () => health({ status: 'asleep', connected: false }),
      incidents: () => problem('sn_unavailable'),
    },
    ready: '[data-scene=asleep]',
  },
  {
    name: 'no-permission',
    routes: { incidents: () => problem('forbidden') },
    ready: '[data-scene=no_permission]',
  },
  {
    name: 'unreachable',
    routes: {
      health: () => health({ status: 'unreachable', connected: false }),
      incidents: () => problem('sn_unreachable', { hint: 'Check the address and the firewall.' }),
    },
    ready: '[data-scene=unreachable]',
  },
  {
    name: 'stale',
    routes: {
      health: () => health({ status: 'unreachable', connected: false }),
      incidents: () =>
        page(incidents(8), {
          source: 'mirror',
          stale: true,
          reason: 'unreachable',
          asOf: '2026-11-22T08:42:00Z',
        }),
    },
    ready: '.notice',
  },
  { name: 'loading', routes: { incidents: later }, ready: '.skeleton' },
]

const sizes = { wide: [1280, 900], narrow: [400, 860] } as const

for (const theme of ['light', 'dark'] as const) {
  for (const [size, [width, height]] of Object.entries(sizes)) {
    for (const shot of shots) {
      test(`picture of ${shot.name}, ${theme}, ${size}`, async () => {
        await browserPage.viewport(width, height)
        document.documentElement.style.colorScheme = theme
        document.body.style.cssText = `margin:0; min-height:100vh; padding:${width > 600 ? 32 : 10}px; font-family: system-ui, sans-serif; background:${theme === 'light' ? '#f6f7f9' : '#0e1013'}`
        const mounted = mount(shot.routes, { ...shot.setup, pageSize: 15 }, shot.children)
        await vi.waitFor(() => expect(mounted.root.querySelector(shot.ready)).not.toBeNull())
        await shot.act?.(mounted)
        await Promise.all(
          mounted.root
            .getAnimations()
            .map((animation) => animation.effect?.getTiming().iterations === 1 && animation.finished),
        )
        const path = `__screenshots__/${shot.name}-${theme}-${size}.png`
        await browserPage.screenshot({ path })
      })
    }
  }
}
