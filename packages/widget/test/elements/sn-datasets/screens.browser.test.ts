/** Pictures of `<sn-datasets>` in every state, light and dark, wide and narrow, with axe over each; never committed. */
import { paths } from '@snowline/protocol'
import { test, vi } from 'vitest'
import { type AdminRoutes, variety, versions } from '../../support/fake-admin.ts'
import { problem } from '../../support/fake-api.ts'
import { incidents } from '../../support/incidents.ts'
import { type MountedAdmin, mountAdmin } from '../../support/mount-admin.ts'
import { dress, looks, pictureAndAxe } from '../../support/picture.ts'

interface Shot {
  routes?: AdminRoutes
  ready: string
  act?(mounted: MountedAdmin): Promise<void>
}

const list = `GET ${paths.datasets}`

const records = incidents(8).map(({ sys_id, number, short_description, state }) => ({
  sys_id,
  record: { sys_id, number, short_description, state: state.value },
}))

const diff = {
  success: true,
  from: 3,
  to: 4,
  counts: { added: 1, updated: 2, deleted: 1 },
  changes: [
    {
      sys_id: 'a',
      number: 'INC0010011',
      kind: 'updated',
      fields: [
        { field: 'state', from: '1', to: '2' },
        { field: 'assignment_group', from: '', to: 'd625dccec0a8016700a222a0f7900d06' },
        {
          field: 'short_description',
          from: 'VPN drops',
          to: 'VPN drops every ten minutes when working from home, since Monday',
        },
      ],
    },
    { sys_id: 'b', number: 'INC0010020', kind: 'added', fields: [] },
    { sys_id: 'c', number: 'INC0010005', kind: 'deleted', fields: [] },
    {
      sys_id: 'd',
      number: 'INC0010007',
      kind: 'updated',
      fields: [{ field: 'sys_updated_on', from: '2026-11-21 08:00:00', to: '2026-11-22 09:00:00' }],
    },
  ],
  nextCursor: null,
}

const opening: AdminRoutes = {
  [`${list}/4/incidents`]: () => ({ success: true, incidents: records, nextCursor: 'x' }),
  [`${list}/3/diff/4`]: () => diff,
}

async function openRollback(mounted: MountedAdmin): Promise<void> {
  await mounted.press('ask-rollback')
  await vi.waitFor(() => mounted.find('#reason'))
}

const shots: Readonly<Record<string, Shot>> = {
  list: { ready: 'tbody tr' },
  'several sources': {
    routes: { [`GET ${paths.integrations}`]: () => ({ success: true, integrations: variety }) },
    ready: '[data-act=source]',
  },
  loading: { routes: { [list]: () => new Promise(() => undefined) }, ready: '.waiting' },
  empty: {
    routes: { [list]: () => ({ success: true, versions: [], nextCursor: null }) },
    ready: '[data-scene=empty]',
  },
  failed: {
    routes: { [list]: () => problem('store_failed', { hint: 'Look into the log of the server.' }) },
    ready: '[data-scene=error]',
  },
  version: {
    routes: opening,
    ready: 'tbody tr',
    async act(mounted) {
      mounted.find('tbody .link').click()
      await vi.waitFor(() => mounted.find('.items li'))
    },
  },
  diff: {
    routes: opening,
    ready: '[data-act=compare]',
    async act(mounted) {
      await mounted.press('compare')
      await vi.waitFor(() => mounted.find('.diffs li'))
    },
  },
  rollback: { ready: 'tbody tr', act: openRollback },
  'rollback without a reason': {
    ready: 'tbody tr',
    async act(mounted) {
      await openRollback(mounted)
      await mounted.press('rollback')
      await vi.waitFor(() => mounted.find('#reason-fault'))
    },
  },
  'rollback raced': {
    routes: { [`POST ${paths.datasets}/3/rollback`]: () => problem('conflict') },
    ready: 'tbody tr',
    async act(mounted) {
      await openRollback(mounted)
      mounted.field('reason').value = 'Wrong groups'
      await mounted.press('rollback')
      await vi.waitFor(() => mounted.find('dialog [role=alert]'))
    },
  },
}

for (const [look, way] of Object.entries(looks)) {
  for (const [name, shot] of Object.entries(shots)) {
    test(`axe finds nothing, and a picture: ${name}, ${look}`, async () => {
      await dress(way)
      const mounted = mountAdmin('sn-datasets', {
        [`GET ${paths.integrations}`]: () => ({ success: true, integrations: [] }),
        ...shot.routes,
      })
      await vi.waitFor(() => mounted.find(shot.ready))
      await shot.act?.(mounted)
      await pictureAndAxe(mounted.root, `${name} ${look}`)
    })
  }
}

test('versions of the pictures are newest first', () => {
  if (versions.some(({ number }, at) => number !== versions.length - at)) throw new Error('not in order')
})
