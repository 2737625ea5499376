/** `<sn-incidents>` in a real browser: what is shown, what a click and a key do, which events are fired. */
import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { fakeApi, pages, problem } from './support/fake-api.ts'
import { detail, health, incident, incidents, notConfigured, page } from './support/incidents.ts'
import { type Mounted, mount } from './support/mount.ts'

const rowsOf = ({ all }: Mounted) => all('tbody tr')
const numbersOf = ({ all }: Mounted) => all('.number').map((one) => one.textContent)

async function loaded(mounted: Mounted): Promise<Mounted> {
  await vi.waitFor(() => expect(rowsOf(mounted).length).toBeGreaterThan(0))
  return mounted
}

async function opened(mounted: Mounted, index: number): Promise<HTMLDialogElement> {
  await loaded(mounted)
  mounted.all('.number')[index]?.click()
  await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(true))
  return mounted.find<HTMLDialogElement>('dialog')
}

const focused = ({ root }: Mounted) => root.activeElement

test('25 incidents stand in a real table, newest update first, with state, priority and exact times', async () => {
  const mounted = await loaded(mount())
  expect(rowsOf(mounted)).toHaveLength(25)
  expect(mounted.api.lists()[0]?.url.search).toBe('?limit=25&sort=-updated_on')
  expect(mounted.find('caption').textContent).toBe('Incidents in ServiceNow')
  const heads = mounted.all('thead th')
  expect(heads.map((th) => th.querySelector('.head')?.textContent?.trim())).toEqual([
    'Number',
    'Short description',
    'State',
    'Priority',
    'Updated',
    'Assigned to',
  ])
  expect(heads.every((th) => th.getAttribute('scope') === 'col')).toBe(true)
  expect(heads.map((th) => th.getAttribute('aria-sort'))).toEqual([
    null,
    null,
    null,
    null,
    'descending',
    null,
  ])
  const [first] = rowsOf(mounted)
  expect(first?.querySelector('th')?.getAttribute('scope')).toBe('row')
  expect(first?.querySelector('.state svg')).not.toBeNull()
  expect(first?.querySelector('.priority')?.textContent).toBe('1 - Critical')
  const time = first?.querySelector('time')
  expect(time?.dateTime).toBe('2026-11-22T10:42:00.000Z')
  expect(time?.textContent).toBe('3 minutes ago')
  expect(time?.title).toContain('2026-11-22 10:42:00 UTC')
})

test('the header says where it is connected, and since when the rows are true', async () => {
  const mounted = await loaded(mount())
  expect(mounted.find('.connection').textContent).toContain('Connected to dev12345.service-now.com')
  expect(mounted.find('.connection').textContent).toContain('as of')
})

test('Fetch latest incidents asks for health and list again', async () => {
  const mounted = await loaded(mount())
  const before = mounted.api.asked.length
  mounted.find('.fetch').click()
  await vi.waitFor(() => expect(mounted.api.asked).toHaveLength(before + 2))
})

test('a click anywhere in a row opens its details; Escape closes them and the number has the focus', async () => {
  const mounted = await loaded(mount())
  rowsOf(mounted)[2]?.querySelector('td')?.click()
  await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(true))
  expect(mounted.find('#details-title').textContent).toBe(
    'Cannot print to the colour printer on the third floor',
  )
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(false))
  expect(focused(mounted)?.textContent).toBe('INC0010118')
})

test('by keyboard alone: Enter on a number, arrows through the tabs, close button', async () => {
  const mounted = await loaded(mount())
  mounted.all('.number')[1]?.focus()
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(focused(mounted)?.id).toBe('details-title'))
  mounted.find('#tab-details').focus()
  await userEvent.keyboard('{ArrowRight}')
  await vi.waitFor(() => expect(mounted.all('.journal li')).toHaveLength(3))
  expect(focused(mounted)?.id).toBe('tab-activity')
  await userEvent.keyboard('{End}')
  await vi.waitFor(() => expect(mounted.find('.raw pre').textContent).toContain('"journal"'))
  await userEvent.keyboard('{ArrowRight}')
  await vi.waitFor(() => expect(focused(mounted)?.id).toBe('tab-details'))
  mounted.find('.close').focus()
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(focused(mounted)?.textContent).toBe('INC0010119'))
})

test('previous and next walk through the list and stop at its ends; the focus comes back to the last one seen', async () => {
  const mounted = mount({}, { pageSize: 3 })
  await opened(mounted, 1)
  const step = (by: number) => mounted.find(`[data-step="${by}"]`)
  expect(mounted.find('.place').textContent).toBe('2 of 3')
  step(1).click()
  await vi.waitFor(() => expect(mounted.find('.ident').textContent).toBe('INC0010118'))
  expect(step(1).getAttribute('aria-disabled')).toBe('true')
  step(1).click()
  await mounted.element.updateComplete
  expect(mounted.find('.ident').textContent).toBe('INC0010118')
  expect(mounted.find('[role=status]').textContent).toBe('INC0010118, 3 of 3')
  mounted.element.close()
  await vi.waitFor(() => expect(focused(mounted)?.textContent).toBe('INC0010118'))
})

test('details show description, people, dates and custom fields, and a safe link', async () => {
  const mounted = mount()
  const dialog = await opened(mounted, 1)
  expect(dialog.textContent).toContain('Started around nine')
  const facts = [...dialog.querySelectorAll('dt')].map((dt) => [
    dt.textContent,
    dt.nextElementSibling?.textContent?.trim(),
  ])
  expect(Object.fromEntries(facts)).toMatchObject({
    Caller: 'Joe Employee',
    'Assigned to': 'David Loo',
    'Assignment group': 'Network',
    'Linked ticket': '42',
    Site: 'Helsinki',
  })
  const link = dialog.querySelector('a')
  expect(link?.rel).toBe('noopener noreferrer')
  expect(link?.target).toBe('_blank')
  expect(link?.href).toMatch(/^https:\/\/dev12345\.service-now\.com\/nav_to\.do/)
})

test('a journal that may not be read, and one that could not be loaded, are told apart; retry mends the second', async () => {
  let broken = false
  const mounted = mount({
    incident: () =>
      broken ? problem('sn_timeout') : { success: true, incident: detail(incident(0), { journal: null }) },
  })
  await opened(mounted, 0)
  mounted.find('#tab-activity').click()
  await vi.waitFor(() =>
    expect(mounted.find('#tab-panel').textContent).toContain('may not read the activity'),
  )
  broken = true
  mounted.find('[data-step="1"]').click()
  await vi.waitFor(() =>
    expect(mounted.find('#tab-panel [role=alert]').textContent).toContain('could not be loaded'),
  )
  broken = false
  mounted.find<HTMLButtonElement>('#tab-panel button').click()
  await vi.waitFor(() => expect(mounted.find('#tab-panel').textContent).toContain('may not read'))
})

test('a host that prevents sn-incident-open shows the incident itself', async () => {
  const mounted = await loaded(mount())
  const opens: string[] = []
  mounted.element.addEventListener('sn-incident-open', (event) => {
    opens.push(event.detail.incident.number)
    event.preventDefault()
  })
  mounted.all('.number')[0]?.click()
  await mounted.element.updateComplete
  expect(opens).toEqual(['INC0010120'])
  expect(mounted.find<HTMLDialogElement>('dialog').open).toBe(false)
})

test('events cross shadow roots and say what happened, in order', async () => {
  const seen: string[] = []
  const names = ['sn-ready', 'sn-load', 'sn-filter-change', 'sn-incident-open', 'sn-incident-close'] as const
  const note = (event: Event) => seen.push(event.composed ? event.type : `${event.type} not composed`)
  for (const name of names) document.addEventListener(name, note)
  const mounted = mount()
  await opened(mounted, 0)
  mounted.element.close()
  await vi.waitFor(() => expect(seen).toContain('sn-incident-close'))
  mounted.find<HTMLButtonElement>('[data-key=priority] .sort').click()
  await vi.waitFor(() => expect(seen.filter((name) => name === 'sn-load')).toHaveLength(2))
  for (const name of names) document.removeEventListener(name, note)
  expect(seen).toEqual([
    'sn-ready',
    'sn-load',
    'sn-incident-open',
    'sn-incident-close',
    'sn-filter-change',
    'sn-load',
  ])
})

test('a press on a heading sorts, a second turns it round, and aria-sort says so', async () => {
  const mounted = await loaded(mount())
  const head = () => mounted.find('thead [data-key=priority]')
  head().querySelector('button')?.click()
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('sort')).toBe('priority'))
  expect(head().getAttribute('aria-sort')).toBe('ascending')
  head().querySelector('button')?.click()
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('sort')).toBe('-priority'))
  expect(head().getAttribute('aria-sort')).toBe('descending')
})

test('search waits for the end of a word, keeps the focus, and nothing found offers Clear', async () => {
  const mounted = await loaded(
    mount({ incidents: (query) => (query.get('q') === 'zzz' ? page([]) : pages(query)) }),
  )
  const input = mounted.find<HTMLInputElement>('.search input')
  await userEvent.type(input, 'zzz')
  await vi.waitFor(() =>
    expect(mounted.find('[data-scene=nothing_found]').textContent).toContain('Nothing matches'),
  )
  expect(
    mounted.api
      .lists()
      .slice(1)
      .map(({ url }) => url.searchParams.get('q')),
  ).toEqual(['zzz'])
  expect(focused(mounted)).toBe(input)
  expect(mounted.find<HTMLInputElement>('.search input')).toBe(input)
  mounted.find<HTMLButtonElement>('.panel .button').click()
  await loaded(mounted)
  expect(input.value).toBe('')
})

test('what is typed is not thrown away by a filter pressed before the search began', async () => {
  const mounted = await loaded(mount())
  const input = mounted.find<HTMLInputElement>('.search input')
  input.value = 'vpn '
  input.dispatchEvent(new InputEvent('input', { bubbles: true }))
  mounted.find<HTMLInputElement>('#menu-priorities input').click()
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('priority')).toBe('1'))
  expect(mounted.api.lists().at(-1)?.url.searchParams.get('q')).toBe('vpn')
  expect(input.value).toBe('vpn ')
})

test('a filter menu opens with the focus inside, chooses, and Escape gives the focus back', async () => {
  const mounted = await loaded(mount())
  const button = mounted.find('[data-menu=states]')
  button.focus()
  await userEvent.keyboard('{Enter}')
  await vi.waitFor(() => expect(focused(mounted)).toBe(mounted.find('#menu-states input')))
  expect(button.getAttribute('aria-expanded')).toBe('true')
  await userEvent.keyboard(' ')
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('state')).toBe('1'))
  await userEvent.keyboard('{Escape}')
  await vi.waitFor(() => expect(focused(mounted)).toBe(button))
  expect(button.getAttribute('aria-expanded')).toBe('false')
})

test('active filters are chips to take off; the focus goes on to the next, then to the search; Clear takes all', async () => {
  const mounted = await loaded(mount())
  for (const box of mounted.all('#menu-states input').slice(0, 2)) box.click()
  await vi.waitFor(() => expect(mounted.all('.filter-chip')).toHaveLength(2))
  const [chip] = mounted.all('.filter-chip')
  expect(chip?.getAttribute('aria-label')).toBe('Remove filter State: New')
  chip?.focus()
  chip?.click()
  await vi.waitFor(() => expect(mounted.all('.filter-chip')).toHaveLength(1))
  await vi.waitFor(() =>
    expect(focused(mounted)?.getAttribute('aria-label')).toBe('Remove filter State: In Progress'),
  )
  mounted.find('.filter-chip').click()
  await vi.waitFor(() => expect(mounted.all('.filter-chip')).toHaveLength(0))
  await vi.waitFor(() => expect(focused(mounted)).toBe(mounted.find('.search input')))
})

test('Load more follows the cursor to the end, then the focus is on the first new row', async () => {
  const mounted = await loaded(mount({}, { pageSize: 40 }))
  expect(mounted.find('.footer').textContent).toContain('40 of 60 incidents')
  mounted.find('.more').click()
  await vi.waitFor(() => expect(rowsOf(mounted)).toHaveLength(60))
  expect(mounted.api.lists()[1]?.url.searchParams.get('cursor')).toBe('40')
  expect(mounted.all('.more')).toHaveLength(0)
  expect(mounted.find('.footer').textContent).toContain('60 incidents')
  await vi.waitFor(() => expect(focused(mounted)?.textContent).toBe('INC0010080'))
})

test('a page that could not be loaded can be asked for again', async () => {
  let broken = true
  const mounted = await loaded(
    mount({
      incidents: (query) => (query.has('cursor') && broken ? problem('sn_timeout') : pages(query)),
    }),
  )
  mounted.find('.more').click()
  await vi.waitFor(() => expect(mounted.find('.notice').textContent).toContain('could not be refreshed'))
  expect(rowsOf(mounted)).toHaveLength(25)
  broken = false
  mounted.find('.more').click()
  await vi.waitFor(() => expect(rowsOf(mounted)).toHaveLength(50))
  expect(mounted.all('.notice')).toHaveLength(0)
})

test('rows the instance counts and does not show are told', async () => {
  const mounted = await loaded(mount({ incidents: () => page(incidents(3), { total: 10 }) }))
  expect(mounted.find('.footer').textContent).toContain('7 more are hidden by access rules in ServiceNow')
})

test('without configuration the friendly panel stands there, with the host’s own next step, and no list is asked for', async () => {
  const mounted = mount(
    { health: () => notConfigured },
    {},
    '<a slot="not-configured" href="/integrations">Connect ServiceNow</a>',
  )
  await vi.waitFor(() =>
    expect(mounted.find('.panel').textContent).toContain('ServiceNow is not configured yet'),
  )
  const slot = mounted.find<HTMLSlotElement>('slot[name=not-configured]')
  expect(slot.assignedElements().map((one) => one.textContent)).toEqual(['Connect ServiceNow'])
  expect(mounted.api.lists()).toHaveLength(0)
  expect(mounted.find('.connection').textContent).toContain('Not configured')
  expect(mounted.root.querySelector('[role=alert]')).toBeNull()
})

test('incomplete settings are named', async () => {
  const mounted = mount({
    health: () => health({ status: 'misconfigured', missing: ['SN_PASSWORD'], invalid: ['SN_AUTH_TYPE'] }),
  })
  await vi.waitFor(() =>
    expect(mounted.all('code').map((one) => one.textContent)).toEqual(['SN_PASSWORD', 'SN_AUTH_TYPE']),
  )
})

test.each([
  ['asleep', 'sn_unavailable', 'asleep', 'The instance is asleep'],
  ['unreachable', 'sn_unreachable', 'unreachable', 'ServiceNow does not answer'],
  ['auth_failed', 'sn_auth_failed', 'auth_failed', 'ServiceNow refused the sign-in'],
  ['ok', 'forbidden', 'no_permission', 'You cannot see incidents here'],
  ['ok', 'internal', 'error', 'The incidents could not be loaded'],
] as const)('health %s and the answer %s show the panel %s', async (status, code, scene, title) => {
  const mounted = mount({ health: () => health({ status }), incidents: () => problem(code) })
  await vi.waitFor(() => expect(mounted.find('.panel').dataset.scene).toBe(scene))
  expect(mounted.find('.panel h3').textContent).toBe(title)
})

test('too many requests say how long to wait', async () => {
  const mounted = mount({ incidents: () => problem('sn_rate_limited', {}, { 'retry-after': '30' }) })
  await vi.waitFor(() => expect(mounted.find('[data-scene=limited]').textContent).toContain('in 30 seconds'))
})

test('an error is one alert, fires sn-error once, and Try again brings the rows', async () => {
  let broken = true
  const mounted = mount({ incidents: (query) => (broken ? problem('sn_unreachable') : pages(query)) })
  const errors: string[] = []
  mounted.element.addEventListener('sn-error', (event) => errors.push(event.detail.code))
  await vi.waitFor(() => expect(mounted.all('[role=alert]')).toHaveLength(1))
  expect(errors).toEqual(['sn_unreachable'])
  broken = false
  mounted.find<HTMLButtonElement>('.panel .button').click()
  await loaded(mounted)
  expect(mounted.all('[role=alert]')).toHaveLength(0)
})

test('an older answer never overtakes a newer one', async () => {
  const waiting: (() => void)[] = []
  const mounted = mount({
    incidents: (query) =>
      new Promise((resolve) => {
        waiting.push(() => resolve(page([incident(query.get('q') === 'new' ? 1 : 0)])))
      }),
  })
  await vi.waitFor(() => expect(waiting).toHaveLength(1))
  const input = mounted.find<HTMLInputElement>('.search input')
  input.value = 'new'
  input.dispatchEvent(new InputEvent('input', { bubbles: true }))
  await vi.waitFor(() => expect(waiting).toHaveLength(2))
  waiting[1]?.()
  await loaded(mounted)
  waiting[0]?.()
  await Promise.resolve()
  await mounted.element.updateComplete
  expect(numbersOf(mounted)).toEqual(['INC0010119'])
})

test('the saved copy is told with its time and a retry, and the copy stays readable', async () => {
  let stale = true
  const mounted = await loaded(
    mount({
      health: () => health({ status: stale ? 'unreachable' : 'ok' }),
      incidents: () =>
        stale
          ? page(incidents(4), {
              source: 'mirror',
              stale: true,
              asOf: '2026-11-22T08:42:00Z',
              reason: 'sn_unreachable',
            })
          : page(incidents(4)),
    }),
  )
  expect(mounted.find('.notice').textContent).toContain('Saved copy, as of')
  expect(mounted.find('.connection').textContent).toContain('Cannot reach dev12345.service-now.com')
  expect(rowsOf(mounted)).toHaveLength(4)
  stale = false
  mounted.find<HTMLButtonElement>('.notice button').click()
  await vi.waitFor(() => expect(mounted.all('.notice')).toHaveLength(0))
})

test('columns take any field, custom ones too', async () => {
  const mounted = await loaded(mount({}, { columns: 'state, u_site' }))
  expect(mounted.all('thead .head').map((head) => head.textContent?.trim())).toEqual([
    'Number',
    'State',
    'Site',
  ])
  expect(rowsOf(mounted)[0]?.textContent).toContain('Helsinki')
})

test('the filters stand in the named part of the hash, are read from it, and the rest of it is left alone', async () => {
  history.replaceState(null, '', '#tab=2&sn=state%3D6')
  const mounted = await loaded(mount({}, { hashKey: 'sn' }))
  expect(mounted.api.lists()[0]?.url.searchParams.get('state')).toBe('6')
  mounted.find<HTMLInputElement>('#menu-priorities input').click()
  await vi.waitFor(() => expect(location.hash).toBe('#tab=2&sn=state%3D6%26priority%3D1'))
  location.hash = '#tab=3&sn=q%3Dvpn'
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('q')).toBe('vpn'))
  expect(mounted.api.lists().at(-1)?.url.searchParams.get('state')).toBeNull()
})

test('a refused token is asked for once more and the rows come', async () => {
  let asked = 0
  const mounted = await loaded(
    mount(
      {
        gate: ({ headers }) =>
          headers.get('authorization') === 'Bearer t1' ? problem('unauthenticated') : null,
      },
      { getToken: async () => `t${++asked}` },
    ),
  )
  expect(asked).toBe(2)
  expect(mounted.api.asked.at(-1)?.headers.get('authorization')).toBe('Bearer t2')
})

test('a token refused twice fires sn-auth-required once, and a new getToken begins anew', async () => {
  let required = 0
  const count = () => {
    required += 1
  }
  document.addEventListener('sn-auth-required', count)
  const mounted = mount(
    {
      gate: ({ headers }) =>
        headers.get('authorization') === 'Bearer good' ? null : problem('unauthenticated'),
    },
    { getToken: () => 'bad' },
  )
  await vi.waitFor(() =>
    expect(mounted.find('[data-scene=signed_out]').textContent).toContain('Please sign in'),
  )
  document.removeEventListener('sn-auth-required', count)
  expect(required).toBe(1)
  expect(mounted.api.asked).toHaveLength(2)
  mounted.element.getToken = () => 'good'
  await loaded(mounted)
})

test('a token set by a script right after the tag entered the page is used from the first request on', async () => {
  const api = fakeApi()
  const element = document.createElement('sn-incidents')
  element.fetch = api.fetch
  document.body.append(element)
  element.getToken = () => 'late'
  await vi.waitFor(() => expect(element.shadowRoot?.querySelector('tbody tr')).not.toBeNull())
  expect(new Set(api.asked.map(({ headers }) => headers.get('authorization')))).toEqual(
    new Set(['Bearer late']),
  )
})

test('no attribute can carry a token', () => {
  const element = document.createElement('sn-incidents')
  element.setAttribute('gettoken', 'secret')
  element.setAttribute('get-token', 'secret')
  element.setAttribute('token', 'secret')
  expect(element.getToken).toBeUndefined()
})

test('the host’s own words replace ours', async () => {
  const mounted = await loaded(mount({}, { messages: { heading: 'Outages', loadMore: 'Show further ones' } }))
  expect(mounted.find('h2').textContent).toContain('Outages')
  expect(mounted.find('.more').textContent?.trim()).toBe('Show further ones')
})

test('an element that leaves the page gives up what is under way, and begins anew when it comes back', async () => {
  const mounted = mount({ incidents: () => new Promise(() => undefined) })
  await vi.waitFor(() => expect(mounted.api.lists()).toHaveLength(1))
  mounted.element.remove()
  document.body.append(mounted.element)
  await vi.waitFor(() => expect(mounted.api.lists()).toHaveLength(2))
})

test('under 480 pixels the rows are cards: no sideways scrolling, the order is a list, roles stay', async () => {
  const mounted = mount()
  mounted.element.style.inlineSize = '380px'
  await loaded(mounted)
  const scroller = mounted.find('.scroller')
  expect(scroller.scrollWidth).toBeLessThanOrEqual(scroller.clientWidth)
  expect(getComputedStyle(mounted.find('.order')).display).toBe('block')
  expect(getComputedStyle(mounted.find('tbody tr')).display).toBe('flex')
  const select = mounted.find<HTMLSelectElement>('.order select')
  select.value = 'priority'
  select.dispatchEvent(new Event('change'))
  await vi.waitFor(() => expect(mounted.api.lists().at(-1)?.url.searchParams.get('sort')).toBe('priority'))
})

test('the page’s own rules do not reach inside, its font does', async () => {
  const style = document.createElement('style')
  style.textContent = `
    sn-incidents { text-transform: uppercase; letter-spacing: 9px; text-align: right; font: 17px/3 Georgia, serif }
    button, td { background: red !important; padding: 50px !important }`
  document.head.append(style)
  const mounted = await loaded(mount())
  const cell = getComputedStyle(mounted.find('td'))
  expect(cell.textTransform).toBe('none')
  expect(cell.letterSpacing).toBe('normal')
  expect(cell.backgroundColor).toBe('rgba(0, 0, 0, 0)')
  expect(cell.fontFamily).toContain('Georgia')
  style.remove()
})
