/** `<sn-datasets>` in a real browser: versions, their incidents, differences, export and rollback. */
import { type DatasetVersionView, paths, rolePermissions } from '@snowline/protocol'
import { expect, test, vi } from 'vitest'
import { integration, ONE, TWO, version, versions } from '../../support/fake-admin.ts'
import { problem } from '../../support/fake-api.ts'
import { health } from '../../support/incidents.ts'
import { mountAdmin } from '../../support/mount-admin.ts'

const list = `GET ${paths.datasets}`
const only = { set: { integration: ONE } }

test('versions newest first: the active one marked, cause and changes in words', async () => {
  const mounted = mountAdmin('sn-datasets', {}, only)
  await vi.waitFor(() => expect(mounted.all('tbody tr')).toHaveLength(4))
  const rows = mounted.all('tbody tr').map(({ textContent }) => textContent?.replace(/\s+/g, ' ') ?? '')
  expect(rows[0]).toContain('Version 4 Active')
  expect(rows[0]).toContain('Rolled back to version 2')
  expect(rows[0]).toContain('Wrong assignment groups')
  expect(rows[0]).toContain('0 added, 6 updated, 1 deleted')
  expect(rows[3]).toContain('51 added, 0 updated, 0 deleted')
  expect(mounted.all('.chip')).toHaveLength(1)
  expect(mounted.api.of(list).map(({ query }) => query.get('integration'))).toEqual([ONE])
  expect(mounted.has('[data-act=source]'), 'a chosen source needs no chooser').toBe(false)
})

test('several sources: the environment and each ServiceNow integration can be chosen', async () => {
  const mounted = mountAdmin('sn-datasets', {
    [`GET ${paths.integrations}`]: () => ({
      success: true,
      integrations: [
        integration(),
        integration({ id: TWO, service_name: 'EMEA' }),
        integration({ id: 'j', service_name: 'Jira', connector_type: null }),
      ],
    }),
    [list]: ({ query }) => ({
      success: true,
      versions: query.get('integration') === TWO ? [version(9)] : versions,
      nextCursor: null,
    }),
  })
  await vi.waitFor(() => mounted.find('[data-act=source]'))
  const select = mounted.find<HTMLSelectElement>('[data-act=source]')
  expect([...select.options].map(({ label }) => label)).toEqual([
    'ServiceNow (server settings)',
    'ServiceNow · dev12345.service-now.com',
    'EMEA · dev12345.service-now.com',
  ])
  expect(select.value).toBe('env')
  select.value = TWO
  select.dispatchEvent(new Event('change', { bubbles: true }))
  await vi.waitFor(() => expect(mounted.all('tbody tr')).toHaveLength(1))
  expect(mounted.text('tbody tr')).toContain('Version 9')
})

test('no source at all has its own next step, and so has a source without versions', async () => {
  const none = {
    [`GET ${paths.integrations}`]: () => ({ success: true, integrations: [] }),
    [`GET ${paths.health}`]: () => health({ source: null }),
    [list]: () => ({ success: true, versions: [], nextCursor: null }),
  }
  const mounted = mountAdmin('sn-datasets', none)
  await vi.waitFor(() =>
    expect(mounted.text('[data-scene=empty]')).toContain('No ServiceNow integration yet'),
  )
  const chosen = mountAdmin('sn-datasets', none, only)
  await vi.waitFor(() => expect(chosen.text('[data-scene=empty]')).toContain('No versions yet'))
})

test('older versions come on request', async () => {
  const mounted = mountAdmin(
    'sn-datasets',
    {
      [list]: ({ query }) =>
        query.get('cursor') === null
          ? { success: true, versions: versions.slice(0, 2), nextCursor: '3' }
          : { success: true, versions: versions.slice(2), nextCursor: null },
    },
    only,
  )
  await mounted.press('more-versions')
  await vi.waitFor(() => expect(mounted.all('tbody tr')).toHaveLength(4))
  expect(mounted.has('[data-act=more-versions]')).toBe(false)
})

test('a version opens with its incidents page by page; a failed page can be asked for again', async () => {
  let reads = 0
  const mounted = mountAdmin(
    'sn-datasets',
    {
      [`GET ${paths.datasetIncidents(4)}`]: ({ query }) => {
        reads += 1
        if (reads === 2) return problem('store_failed', { detail: 'The file is locked.' })
        const first = query.get('cursor') === null
        const record = {
          number: first ? 'INC0000001' : 'INC0000002',
          short_description: 'Broken',
          state: '2',
        }
        return {
          success: true,
          incidents: [{ sys_id: String(reads), record }],
          nextCursor: first ? 'x' : null,
        }
      },
    },
    only,
  )
  await vi.waitFor(() => mounted.find('tbody .link').click())
  await vi.waitFor(() => expect(mounted.text('.items')).toContain('INC0000001 Broken In Progress'))
  await mounted.press('more')
  await vi.waitFor(() => expect(mounted.text('dialog [role=alert]')).toContain('The file is locked.'))
  await mounted.press('retry-page')
  await vi.waitFor(() => expect(mounted.all('.items li')).toHaveLength(2))
  expect(mounted.text('.items')).toContain('INC0000002')
})

test('with a session an export is a plain link; with a token it is fetched with it and saved', async () => {
  const saved: string[] = []
  const create = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:here')
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push(this.download)
  })
  const path = paths.datasetExport(4)
  const mounted = mountAdmin(
    'sn-datasets',
    {
      [`GET ${paths.datasetIncidents(4)}`]: () => ({ success: true, incidents: [], nextCursor: null }),
      [`GET ${path}`]: () => new Response('{"number":"INC1"}\n'),
    },
    { set: { integration: ONE, getToken: () => 'secret-token' } },
  )
  await vi.waitFor(() => mounted.find('tbody .link').click())
  await vi.waitFor(() => mounted.find('[data-export=csv]'))
  const link = mounted.find<HTMLAnchorElement>('[data-export=csv]')
  expect(link.getAttribute('href')).toBe(`${path}?integration=${ONE}&format=csv`)
  expect(link.href, 'no token in an address').not.toContain('secret')
  link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true }))
  await vi.waitFor(() => expect(saved).toEqual([`dataset-${ONE}-4.csv`]))
  expect(mounted.api.of(`GET ${path}`)[0]?.headers.get('authorization')).toBe('Bearer secret-token')
  expect(mounted.text('dialog [role=status]')).toBe(`Saved as dataset-${ONE}-4.csv.`)
  create.mockRestore()
  click.mockRestore()
})

test('two versions side by side: counts, and each field with both values', async () => {
  const mounted = mountAdmin(
    'sn-datasets',
    {
      [`GET ${paths.datasetDiff(2, 4)}`]: () => ({
        success: true,
        from: 2,
        to: 4,
        counts: { added: 0, updated: 2, deleted: 1 },
        changes: [
          {
            sys_id: 'a',
            number: 'INC0000001',
            kind: 'updated',
            fields: [
              { field: 'state', from: '1', to: '2' },
              { field: 'u_site', from: null, to: 'Oslo' },
            ],
          },
          { sys_id: 'b', number: '', kind: 'deleted', fields: [{ field: 'state', from: '1', to: null }] },
        ],
        nextCursor: 'y',
      }),
    },
    only,
  )
  await vi.waitFor(() => mounted.find('[data-side=from]'))
  const from = mounted.find<HTMLSelectElement>('[data-side=from]')
  expect([from.value, mounted.find<HTMLSelectElement>('[data-side=to]').value], 'the two newest').toEqual([
    '3',
    '4',
  ])
  from.value = '2'
  from.dispatchEvent(new Event('change', { bubbles: true }))
  await mounted.press('compare')
  await vi.waitFor(() => expect(mounted.all('.diffs li')).toHaveLength(2))
  expect(mounted.text('dialog [role=status]')).toContain('2 of 3 changed incidents')
  expect(mounted.text('.diffs li')).toContain('INC0000001 Updated')
  const cells = mounted.all('.diffs td').map(({ textContent }) => textContent?.trim())
  expect(cells).toEqual(['1', '2', 'Empty', 'Oslo'])
  expect(mounted.has('[data-act=more]')).toBe(true)
})

test('a rollback says what will happen, wants a reason, and makes a new version', async () => {
  let present: readonly DatasetVersionView[] = versions
  const made = version(5, { status: 'active', cause: 'rollback:3' })
  const mounted = mountAdmin(
    'sn-datasets',
    {
      [list]: () => ({ success: true, versions: present, nextCursor: null }),
      [`POST ${paths.rollback(3)}`]: () => {
        present = [made, ...versions.map((one) => ({ ...one, status: 'inactive' as const }))]
        return Response.json({ success: true, version: made }, { status: 201 })
      },
    },
    only,
  )
  await vi.waitFor(() => expect(mounted.all('[data-act=ask-rollback]')).toHaveLength(3))
  await mounted.press('ask-rollback')
  await vi.waitFor(() => expect(mounted.dialog().matches(':modal')).toBe(true))
  const words = mounted.text('dialog')
  expect(words).toContain('makes version 5 with exactly the 53 incidents of version 3')
  expect(words).toContain('schedule is paused')
  expect(words).toContain('Nothing is removed')
  mounted.field('reason').value = '   '
  await mounted.press('rollback')
  await vi.waitFor(() => expect(mounted.field('reason').getAttribute('aria-invalid')).toBe('true'))
  expect(mounted.api.writes()).toEqual([])
  mounted.field('reason').value = ' Wrong groups after the merge '
  await mounted.press('rollback')
  await vi.waitFor(() => expect(mounted.dialog().open).toBe(false))
  expect(mounted.api.writes()).toEqual([
    { route: `POST ${paths.rollback(3)}`, body: { reason: 'Wrong groups after the merge' } },
  ])
  expect(mounted.api.of(`POST ${paths.rollback(3)}`)[0]?.query.get('integration')).toBe(ONE)
  await vi.waitFor(() => expect(mounted.all('tbody tr')).toHaveLength(5))
  expect(mounted.text('section > [role=status]')).toBe('Version 5 is active; it equals version 3.')
})

test.each([
  ['conflict', 'The data changed while you were deciding.'],
  ['sync_running', 'A sync is under way just now.'],
] as const)('%s is told kindly; the reason stays and the list is read again', async (code, words) => {
  const mounted = mountAdmin('sn-datasets', { [`POST ${paths.rollback(3)}`]: () => problem(code) }, only)
  await mounted.press('ask-rollback')
  await vi.waitFor(() => {
    mounted.field('reason').value = 'Wrong groups'
  })
  await mounted.press('rollback')
  await vi.waitFor(() => expect(mounted.text('dialog [role=alert]')).toContain(words))
  expect(mounted.field('reason').value).toBe('Wrong groups')
  expect(mounted.api.of(list)).toHaveLength(2)
})

test('an agent looks and compares, and is offered no rollback', async () => {
  const mounted = mountAdmin('sn-datasets', {}, { ...only, permissions: rolePermissions.agent })
  await vi.waitFor(() => mounted.find('tbody tr'))
  expect(mounted.has('[data-act=ask-rollback]')).toBe(false)
  expect(mounted.has('[data-act=compare]')).toBe(true)
})

test('signed out has a panel and a retry; another source set by the page is read at once', async () => {
  let signedIn = false
  const mounted = mountAdmin(
    'sn-datasets',
    { [list]: () => (signedIn ? { success: true, versions, nextCursor: null } : problem('unauthenticated')) },
    only,
  )
  await vi.waitFor(() => mounted.find('[data-scene=signed_out]'))
  signedIn = true
  await mounted.press('reload')
  await vi.waitFor(() => mounted.find('tbody tr'))
  mounted.element.integration = TWO
  await vi.waitFor(() => expect(mounted.api.of(list).at(-1)?.query.get('integration')).toBe(TWO))
})
