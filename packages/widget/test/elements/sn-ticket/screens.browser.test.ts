/** Pictures of the panel in every state, light and dark, wide and narrow, kept beside this file and never committed. */
import axe from 'axe-core'
import { expect, test, vi } from 'vitest'
import { page as browserPage } from 'vitest/browser'
import { problem } from '../../support/fake-api.ts'
import {
  conflict,
  linkedTicket,
  linkedView,
  linkOf,
  preview,
  push,
  type TicketRoutes,
} from '../../support/fake-tickets.ts'
import { notConfigured } from '../../support/incidents.ts'
import { type MountedTicket, mountTicket } from '../../support/mount-ticket.ts'

interface Shot {
  routes?: TicketRoutes
  ready: string
  act?(mounted: MountedTicket): Promise<void>
}

const forbidden = {
  code: 'sn_forbidden',
  message: 'ServiceNow refused the change: the integration user may not write Incident [state].',
  hint: 'Give the integration user the role itil.',
}

const shots: Readonly<Record<string, Shot>> = {
  loading: { routes: { link: () => new Promise(() => undefined) }, ready: '.waiting' },
  unlinked: { ready: '[data-act=create]' },
  'link form': {
    ready: '[data-act=ask-link]',
    async act({ press, find }) {
      await press('ask-link')
      await vi.waitFor(() => find('#incident'))
    },
  },
  'not configured': { routes: { health: () => notConfigured }, ready: 'slot[name=not-configured]' },
  preview: {
    routes: {
      preview: () =>
        preview({
          warnings: [
            { field: 'caller_id', message: 'Nobody with joe.employee@example.com was found; left out.' },
          ],
          missing: [{ field: 'close_code', message: 'A resolved or closed incident needs it.' }],
          unmapped: [{ field: 'hold_reason', message: 'Only sent while the ticket is pending.' }],
        }),
    },
    ready: '[data-act=create]',
    async act({ press, find }) {
      await press('create')
      await vi.waitFor(() => find('dialog [data-act=send]'))
    },
  },
  linked: { routes: { link: () => linkedView }, ready: '[data-act=sync]' },
  'linked without suggestions': {
    routes: { link: () => linkOf(linkedTicket({ ai_suggestions: null })) },
    ready: '#no-suggestions',
  },
  note: {
    routes: { link: () => linkedView },
    ready: '[data-act=note]',
    async act({ press, find }) {
      await press('note')
      await vi.waitFor(() => find('dialog textarea'))
    },
  },
  'unlink question': {
    routes: { link: () => linkedView },
    ready: '[data-act=ask-unlink]',
    async act({ press, find }) {
      await press('ask-unlink')
      await vi.waitFor(() => find('[data-act=keep]'))
    },
  },
  pending: {
    routes: { link: () => linkOf(linkedTicket({ sn_sync_status: 'pending' }), [push()]) },
    ready: '.strip[data-kind=pending]',
  },
  unconfirmed: {
    routes: {
      link: () =>
        linkOf({ sn_sync_status: 'pending' }, [
          push({
            kind: 'create',
            state: 'inflight',
            next_at: '2026-11-22T10:49:00Z',
            error: { code: 'sn_timeout', message: 'No answer came.' },
          }),
        ]),
    },
    ready: '.strip[data-kind=pending]',
  },
  failed: {
    routes: {
      link: () =>
        linkOf(linkedTicket({ sn_sync_status: 'failed' }), [push({ state: 'dead', error: forbidden })]),
      problems: () => [conflict({ kind: 'dead_letter', conflicts: [], choices: ['resend', 'drop'] })],
    },
    ready: '[data-act=drop]',
  },
  conflict: {
    routes: {
      link: () =>
        linkOf(linkedTicket({ sn_sync_status: 'pending' }), [push({ state: 'waiting', next_at: null })]),
      problems: () => [conflict()],
    },
    ready: '[data-act=theirs]',
  },
  down: { routes: { link: () => problem('sn_unavailable') }, ready: '[data-act=reload]' },
}

const rules = { region: { enabled: false }, 'page-has-heading-one': { enabled: false } }
const looks = {
  'light wide': { width: 900, panel: 380, scheme: 'light', dir: 'ltr' },
  'dark wide': { width: 900, panel: 380, scheme: 'dark', dir: 'ltr' },
  'light narrow': { width: 400, panel: 380, scheme: 'light', dir: 'ltr' },
  'dark narrow rtl': { width: 400, panel: 380, scheme: 'dark', dir: 'rtl' },
} as const

for (const [look, { width, panel, scheme, dir }] of Object.entries(looks)) {
  for (const [name, shot] of Object.entries(shots)) {
    test(`axe finds nothing, and a picture: ${name}, ${look}`, async () => {
      await browserPage.viewport(width, 900)
      document.documentElement.style.colorScheme = scheme
      document.documentElement.dir = dir
      document.documentElement.lang = 'en'
      document.body.style.cssText = `margin:0; padding:${width > 600 ? 24 : 10}px; min-height:100vh; font-family:system-ui,sans-serif; background:light-dark(#f6f7f9,#0e1013)`
      const mounted = mountTicket(shot.routes)
      mounted.element.style.maxWidth = `${panel}px`
      await vi.waitFor(() => mounted.find(shot.ready))
      await shot.act?.(mounted)
      await Promise.all(mounted.root.getAnimations().map(settled))
      await browserPage.screenshot({ path: `__screenshots__/${name}-${look}.png`.replaceAll(' ', '-') })
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
