/** `<sn-integrations>` in a real browser: what each person is offered, what a press sends, what is told afterwards. */
import { type IntegrationView, paths, rolePermissions } from '@snowline/protocol'
import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { integration, ONE, run, TWO, variety } from '../../support/fake-admin.ts'
import { problem } from '../../support/fake-api.ts'
import { type MountedAdmin, mountAdmin } from '../../support/mount-admin.ts'

const list = `GET ${paths.integrations}`
const told = ({ text }: MountedAdmin) => text('[role=status]')
const acts = ({ all }: MountedAdmin, row: number) =>
  [...(all('.row')[row]?.querySelectorAll('[data-act]') ?? [])].map((one) => one.getAttribute('data-act'))

test('each row says what it is, how its last sync went, when the next one comes', async () => {
  const mounted = mountAdmin('sn-integrations', { [list]: () => ({ success: true, integrations: variety }) })
  await vi.waitFor(() => mounted.find('.row'))
  const [first = '', second = '', third = '', fourth = ''] = mounted
    .all('.row')
    .map(({ textContent }) => textContent?.replace(/\s+/g, ' ') ?? '')
  for (const words of [
    'ServiceNow',
    'dev12345.service-now.com',
    'User name and password',
    'Synced',
    '15 minutes ago',
    'Every 15 minutes',
  ]) {
    expect(first).toContain(words)
  }
  for (const words of [
    'Last sync failed',
    'client secret is not accepted',
    'Monday to Friday at 06:00 UTC',
    'Schedule paused',
    'rolled back to version 3',
    'ada.admin@example.com',
  ]) {
    expect(second).toContain(words)
  }
  expect(third).toContain('Never synced')
  expect(third).toContain('By hand only')
  expect(fourth).toContain('Kept here only')
  expect(acts(mounted, 3), 'what is not ServiceNow is neither synced nor tested').toEqual([
    'active',
    'edit',
    'delete',
  ])
})

test('an agent may look and see the history, and is offered nothing else', async () => {
  const mounted = mountAdmin('sn-integrations', {}, { permissions: rolePermissions.agent })
  await vi.waitFor(() => mounted.find('.row'))
  expect(acts(mounted, 0)).toEqual(['history'])
  expect(mounted.has('[data-act=add]')).toBe(false)
  expect(mounted.has('[role=switch]')).toBe(false)
})

test('when nobody says what is permitted, nothing is offered that might not be', async () => {
  const mounted = mountAdmin('sn-integrations', { [`GET ${paths.me}`]: () => problem('internal') })
  await vi.waitFor(() => mounted.find('.row'))
  expect(acts(mounted, 0)).toEqual(['history'])
})

test('a new integration: the fields of its way of signing in, the schedule in words, then the row is there', async () => {
  const rows: IntegrationView[] = []
  const mounted = mountAdmin('sn-integrations', {
    [list]: () => ({ success: true, integrations: rows }),
    [`POST ${paths.integrations}`]: () => {
      rows.push(integration())
      return Response.json({ success: true, integration: integration() }, { status: 201 })
    },
  })
  await vi.waitFor(() => mounted.find('[data-scene=empty]'))
  await mounted.press('add')
  await vi.waitFor(() => mounted.field('username'))
  expect(mounted.dialog().open).toBe(true)
  mounted.find<HTMLInputElement>('[value=api_token]').click()
  await vi.waitFor(() => mounted.field('api_token'))
  expect(mounted.has('dialog [name=username]')).toBe(false)
  mounted.find<HTMLInputElement>('[value=basic_auth]').click()
  await vi.waitFor(() => mounted.field('username'))
  mounted.field('url').value = ' https://dev12345.service-now.com '
  mounted.field('username').value = 'snowline.sync'
  mounted.field('password').value = 'hunter2'
  expect(mounted.field('password').type).toBe('password')
  mounted.find('summary').click()
  await userEvent.fill(mounted.field('schedule'), '0 6 * * *')
  await vi.waitFor(() => expect(mounted.text('#help-schedule')).toContain('Every day at 06:00 UTC'))
  await mounted.press('save')
  await vi.waitFor(() => mounted.find('.row'))
  expect(mounted.api.writes()).toEqual([
    {
      route: `POST ${paths.integrations}`,
      body: {
        service_name: 'ServiceNow',
        auth_type: 'basic_auth',
        config: {
          url: 'https://dev12345.service-now.com',
          username: 'snowline.sync',
          password: 'hunter2',
          schedule: '0 6 * * *',
        },
        is_active: false,
      },
    },
  ])
  expect(mounted.dialog().open).toBe(false)
  expect(told(mounted)).toBe('ServiceNow was added.')
})

test('a refused form keeps what was typed, marks the fields, and puts the cursor into the first', async () => {
  const mounted = mountAdmin('sn-integrations', {
    [`PATCH ${paths.integration(ONE)}`]: () =>
      problem('validation_failed', {
        errors: [
          { path: 'config.username', message: 'is required' },
          { path: 'config.u_odd', message: 'must be a text' },
        ],
      }),
  })
  await mounted.press('edit')
  await vi.waitFor(() => mounted.field('username'))
  mounted.field('username').value = ''
  mounted.field('url').value = 'https://other.service-now.com'
  await mounted.press('save')
  await vi.waitFor(() => expect(mounted.text('#fault-username')).toBe('is required'))
  const field = mounted.field('username')
  expect(field.getAttribute('aria-invalid')).toBe('true')
  expect(field.getAttribute('aria-describedby')).toContain('fault-username')
  expect(mounted.root.activeElement).toBe(field)
  expect(mounted.field('url').value).toBe('https://other.service-now.com')
  expect(mounted.all('dialog [role=alert]')).toHaveLength(1)
  expect(mounted.text('dialog [role=alert]')).toContain('config.u_odd: must be a text')
  expect(mounted.dialog().open).toBe(true)
})

test('editing sends only what differs; a secret is said to be set and stays when left empty', async () => {
  const mounted = mountAdmin('sn-integrations', {
    [`PATCH ${paths.integration(ONE)}`]: () => ({ success: true, integration: integration() }),
  })
  await mounted.press('edit')
  await vi.waitFor(() => mounted.field('password'))
  expect(mounted.field('password').value).toBe('')
  expect(mounted.text('#help-password')).toBe('Set. Leave empty to keep it.')
  mounted.field('batchSize').value = '50'
  await mounted.press('save')
  await vi.waitFor(() => expect(mounted.dialog().open).toBe(false))
  expect(mounted.api.writes()).toEqual([
    { route: `PATCH ${paths.integration(ONE)}`, body: { config: { batchSize: '50' } } },
  ])
  await mounted.press('edit')
  await vi.waitFor(() => mounted.field('password'))
  await mounted.press('save')
  await vi.waitFor(() => expect(mounted.dialog().open).toBe(false))
  expect(mounted.api.writes(), 'an untouched form sends nothing').toHaveLength(1)
})

test('the switch turns it off, and the row says so', async () => {
  let active = true
  const mounted = mountAdmin('sn-integrations', {
    [list]: () => ({ success: true, integrations: [integration({ is_active: active })] }),
    [`PATCH ${paths.integration(ONE)}`]: ({ body }) => {
      active = (body as { is_active: boolean }).is_active
      return { success: true, integration: integration({ is_active: active }) }
    },
  })
  await mounted.press('active')
  await vi.waitFor(() => expect(mounted.find('[role=switch]').getAttribute('aria-checked')).toBe('false'))
  expect(mounted.api.writes()[0]?.body).toEqual({ is_active: false })
  await vi.waitFor(() => expect(told(mounted)).toContain('inactive'))
})

test('a paused schedule says why, and Resume lifts the pause', async () => {
  const pause = { reason: 'rolled back to version 3', since: '2026-11-22T10:00:00Z', by: 'ada@example.com' }
  let paused: typeof pause | null = pause
  const mounted = mountAdmin('sn-integrations', {
    [list]: () => ({ success: true, integrations: [integration({ schedule_paused: paused })] }),
    [`POST ${paths.resume(ONE)}`]: () => {
      paused = null
      return { success: true, integration: integration() }
    },
  })
  await mounted.press('resume')
  await vi.waitFor(() => expect(mounted.has('[data-kind=paused]')).toBe(false))
  await vi.waitFor(() => expect(told(mounted)).toBe('The schedule of ServiceNow runs again.'))
})

test('deleting asks first, in a dialog whose first answer is to keep it', async () => {
  let there = true
  const mounted = mountAdmin('sn-integrations', {
    [list]: () => ({ success: true, integrations: there ? [integration()] : [] }),
    [`DELETE ${paths.integration(ONE)}`]: () => {
      there = false
      return { success: true, message: 'Integration deleted successfully' }
    },
  })
  await vi.waitFor(() => mounted.find('[data-act=delete]').focus())
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(mounted.dialog().matches(':modal')).toBe(true))
  expect(mounted.root.activeElement?.getAttribute('data-act')).toBe('keep')
  expect(mounted.text('dialog')).toContain('dataset versions made from it are kept')
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(mounted.dialog().open).toBe(false))
  expect(mounted.api.writes()).toEqual([])
  expect(mounted.root.activeElement?.getAttribute('data-act'), 'the focus comes back').toBe('delete')
  await mounted.press('delete')
  await mounted.press('remove')
  await vi.waitFor(() => mounted.find('[data-scene=empty]'))
  expect(told(mounted)).toBe('ServiceNow was deleted.')
  expect(mounted.root.activeElement?.getAttribute('data-act')).toBe('add')
})

test('a test of the settings lists its checks; a server without that route loses the button and no more', async () => {
  let answered = false
  const mounted = mountAdmin('sn-integrations', {
    [`POST ${paths.integration(ONE)}/test`]: () => {
      if (answered) return problem('not_found')
      answered = true
      return {
        success: true,
        checks: [{ id: 'acl', status: 'fail', message: 'May not read deletes.', hint: 'Give it a role.' }],
      }
    },
  })
  await mounted.press('test')
  await vi.waitFor(() =>
    expect(mounted.text('[data-tested]')).toContain('May not read deletes. Give it a role.'),
  )
  await mounted.press('test')
  await vi.waitFor(() => expect(mounted.has('[data-act=test]')).toBe(false))
  expect(mounted.has('[role=alert]')).toBe(false)
})

test('the history comes page by page, with the error of a run and its hint', async () => {
  const mounted = mountAdmin('sn-integrations', {
    [`GET ${paths.runs(ONE)}`]: ({ query }) =>
      query.get('cursor') === null
        ? {
            success: true,
            runs: [
              run({ id: 'r1' }),
              run({
                id: 'r2',
                trigger: 'schedule',
                state: 'error',
                error: { code: 'sn_unavailable', message: 'Hibernating.', hint: 'Wake it.' },
              }),
            ],
            nextCursor: 'p2',
          }
        : { success: true, runs: [run({ id: 'r3', state: 'cancelled' })], nextCursor: null },
  })
  await mounted.press('history')
  await vi.waitFor(() => expect(mounted.all('.runs li')).toHaveLength(2))
  const [first, second] = mounted.all('.runs li').map(({ textContent }) => textContent?.replace(/\s+/g, ' '))
  expect(first).toContain('By hand · took 20 seconds')
  expect(first).toContain('45 added, 12 updated, 3 unchanged, 0 deleted')
  expect(second).toContain('Hibernating. Wake it.')
  await mounted.press('more-runs')
  await vi.waitFor(() => expect(mounted.all('.runs li')).toHaveLength(3))
  expect(mounted.has('[data-act=more-runs]')).toBe(false)
})

test('signed out: asked once more for a token, then a panel with a retry that works', async () => {
  let signedIn = false
  const tokens: string[] = []
  const events: string[] = []
  const mounted = mountAdmin(
    'sn-integrations',
    {
      [list]: () =>
        signedIn ? { success: true, integrations: [integration()] } : problem('unauthenticated'),
    },
    {
      set: {
        getToken: () => {
          tokens.push(`t${tokens.length}`)
          return tokens.at(-1)
        },
      },
    },
  )
  mounted.element.addEventListener('sn-auth-required', () => events.push('auth'))
  await vi.waitFor(() => mounted.find('[data-scene=signed_out]'))
  expect(tokens.length).toBeGreaterThanOrEqual(2)
  expect(events).toEqual(['auth'])
  expect(mounted.all('[role=alert]')).toHaveLength(1)
  signedIn = true
  await mounted.press('reload')
  await vi.waitFor(() => mounted.find('.row'))
})

test('a list that cannot be read again stays, with a word about it', async () => {
  let reads = 0
  const mounted = mountAdmin('sn-integrations', {
    [list]: () =>
      reads++ === 0
        ? { success: true, integrations: [integration(), integration({ id: TWO })] }
        : problem('store_failed'),
  })
  await vi.waitFor(() => mounted.find('.row'))
  await mounted.element.refresh()
  await vi.waitFor(() => mounted.find('.stale'))
  expect(mounted.all('.row')).toHaveLength(2)
  expect(mounted.all('[role=alert]')).toHaveLength(1)
})
