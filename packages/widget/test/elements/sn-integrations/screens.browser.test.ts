/** Pictures of `<sn-integrations>` in every state, light and dark, wide and narrow, with axe over each; never committed. */
import { paths } from '@snowline/protocol'
import { test, vi } from 'vitest'
import {
  type AdminRoutes,
  batch,
  complete,
  fetching,
  frame,
  integration,
  ONE,
  run,
  stream,
  syncHeaders,
  variety,
} from '../../support/fake-admin.ts'
import { problem } from '../../support/fake-api.ts'
import { type MountedAdmin, mountAdmin } from '../../support/mount-admin.ts'
import { dress, looks, pictureAndAxe } from '../../support/picture.ts'

interface Shot {
  routes?: AdminRoutes
  ready: string
  act?(mounted: MountedAdmin): Promise<void>
}

const list = `GET ${paths.integrations}`
const sync = `POST ${paths.sync(ONE)}`

function syncing(...texts: string[]): AdminRoutes {
  return {
    [sync]: () => {
      const { response, write } = stream(syncHeaders)
      for (const text of texts) write(text)
      return response
    },
  }
}

async function startSync({ press }: MountedAdmin): Promise<void> {
  await press('sync')
}

const checks = [
  { id: 'dns', status: 'ok', message: 'dev12345.service-now.com has an address.' },
  { id: 'sign-in', status: 'ok', message: 'The instance accepts the user name and password.' },
  {
    id: 'acl',
    status: 'fail',
    message: 'The integration user may not read sys_audit_delete.',
    hint: 'Give it the role snc_read_only or an ACL for that table.',
  },
]

const shots: Readonly<Record<string, Shot>> = {
  list: { routes: { [list]: () => ({ success: true, integrations: variety }) }, ready: '.row' },
  loading: { routes: { [list]: () => new Promise(() => undefined) }, ready: '.waiting' },
  empty: { routes: { [list]: () => ({ success: true, integrations: [] }) }, ready: '[data-scene=empty]' },
  'signed out': { routes: { [list]: () => problem('unauthenticated') }, ready: '[data-scene=signed_out]' },
  'no permission': { routes: { [list]: () => problem('forbidden') }, ready: '[data-scene=no_permission]' },
  failed: {
    routes: { [list]: () => problem('internal', { detail: 'Something went wrong here.' }) },
    ready: '[data-scene=error]',
  },
  fetching: {
    routes: syncing(frame(1, fetching)),
    ready: '[data-act=sync]',
    async act(mounted) {
      await startSync(mounted)
      await vi.waitFor(() => mounted.find('progress'))
    },
  },
  syncing: {
    routes: syncing(frame(1, fetching), frame(2, batch(1)), frame(3, batch(5))),
    ready: '[data-act=sync]',
    async act(mounted) {
      await startSync(mounted)
      await vi.waitFor(() => mounted.find('progress[max]'))
    },
  },
  synced: {
    routes: syncing(frame(1, complete)),
    ready: '[data-act=sync]',
    async act(mounted) {
      await startSync(mounted)
      await vi.waitFor(() => mounted.find('[data-run=complete]'))
    },
  },
  'sync failed': {
    routes: syncing(
      frame(1, {
        type: 'error',
        data: {
          success: false,
          code: 'sn_auth_failed',
          message: 'ServiceNow refused the sign-in.',
          hint: 'Renew the password of snowline.sync.',
          runId: null,
        },
      }),
    ),
    ready: '[data-act=sync]',
    async act(mounted) {
      await startSync(mounted)
      await vi.waitFor(() => mounted.find('[data-run=failed]'))
    },
  },
  tested: {
    routes: { [`POST ${paths.integration(ONE)}/test`]: () => ({ success: true, checks }) },
    ready: '[data-act=test]',
    async act(mounted) {
      await mounted.press('test')
      await vi.waitFor(() => mounted.find('[data-tested]'))
    },
  },
  add: {
    ready: '[data-act=add]',
    async act(mounted) {
      await mounted.press('add')
      await vi.waitFor(() => mounted.field('username'))
    },
  },
  'edit oauth': {
    routes: { [list]: () => ({ success: true, integrations: [variety[1] ?? integration()] }) },
    ready: '[data-act=edit]',
    async act(mounted) {
      await mounted.press('edit')
      await vi.waitFor(() => mounted.field('client_id'))
    },
  },
  'edit refused': {
    routes: {
      [`PATCH ${paths.integration(ONE)}`]: () =>
        problem('validation_failed', {
          detail: 'config.url must be an address of ServiceNow',
          hint: 'Allow other addresses with SN_ALLOWED_ORIGINS.',
          errors: [
            { path: 'config.url', message: 'must be an https address of ServiceNow' },
            { path: 'config.schedule', message: 'is no cron text' },
          ],
        }),
    },
    ready: '[data-act=edit]',
    async act(mounted) {
      await mounted.press('edit')
      await vi.waitFor(() => mounted.field('url'))
      mounted.field('url').value = 'http://evil.example'
      await mounted.press('save')
      await vi.waitFor(() => mounted.find('#fault-url'))
    },
  },
  history: {
    routes: {
      [`GET ${paths.runs(ONE)}`]: () => ({
        success: true,
        runs: [
          run(),
          run({
            id: 'r2',
            trigger: 'schedule',
            state: 'error',
            error: {
              code: 'sn_unavailable',
              message: 'The instance is hibernating.',
              hint: 'Open it once to wake it.',
            },
          }),
          run({
            id: 'r3',
            state: 'cancelled',
            counts: { added: 5, updated: 0, unchanged: 0, deleted: 0, total: 5 },
          }),
          run({ id: 'r4', trigger: 'schedule', state: 'interrupted' }),
        ],
      }),
    },
    ready: '[data-act=history]',
    async act(mounted) {
      await mounted.press('history')
      await vi.waitFor(() => mounted.find('.runs li'))
    },
  },
  remove: {
    ready: '[data-act=delete]',
    async act(mounted) {
      await mounted.press('delete')
      await vi.waitFor(() => mounted.find('[data-act=remove]'))
    },
  },
}

for (const [look, way] of Object.entries(looks)) {
  for (const [name, shot] of Object.entries(shots)) {
    test(`axe finds nothing, and a picture: ${name}, ${look}`, async () => {
      await dress(way)
      const mounted = mountAdmin('sn-integrations', shot.routes)
      await vi.waitFor(() => mounted.find(shot.ready))
      await shot.act?.(mounted)
      await pictureAndAxe(mounted.root, `${name} ${look}`)
    })
  }
}
