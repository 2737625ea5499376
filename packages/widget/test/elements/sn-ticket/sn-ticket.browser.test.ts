/** `<sn-ticket>` in a real browser: what each state shows, what a press sends, what is told afterwards. */
import type { TicketLinkView } from '@snowline/protocol'
import { expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { problem } from '../../support/fake-api.ts'
import {
  conflict,
  linkedTicket,
  linkedView,
  linkOf,
  preview,
  push,
  TICKET,
  theIncident,
  unlinkedView,
} from '../../support/fake-tickets.ts'
import { notConfigured } from '../../support/incidents.ts'
import { type MountedTicket, mountTicket } from '../../support/mount-ticket.ts'

const sysId = theIncident.sys_id
const told = ({ text }: MountedTicket) => text('[role=status]')

test('not linked: a preview of what is sent, edited, created, and then the number with its link', async () => {
  let link: TicketLinkView = unlinkedView
  const linkEvents: unknown[] = []
  const mounted = mountTicket({
    link: () => link,
    create: () => {
      link = linkedView
      return { success: true, created: true, incident: theIncident, ticket: linkedTicket() }
    },
  })
  mounted.element.addEventListener('sn-ticket-link', ({ detail }) => linkEvents.push(detail.ticket.sn_number))
  await mounted.press('create')
  await vi.waitFor(() => mounted.field('short_description'))
  expect(mounted.dialog().open).toBe(true)
  expect(mounted.api.writes()).toEqual([])
  expect(mounted.field('description').value).toContain('AI Suggestions')
  expect(mounted.has('dialog [name=correlation_id]')).toBe(false)
  mounted.field('short_description').value = 'VPN drops'
  mounted.act('send').click()
  await vi.waitFor(() => expect(mounted.text('.who .ident')).toContain('INC0010119'))
  expect(mounted.api.writes()).toEqual([
    {
      route: `POST /api/sn/incidents/create-from-ticket/${TICKET}`,
      body: { fields: { short_description: 'VPN drops' } },
    },
  ])
  expect(mounted.dialog().open).toBe(false)
  expect(mounted.find<HTMLAnchorElement>('.who a').href).toBe(theIncident.open_url)
  expect(mounted.find<HTMLAnchorElement>('.who a').rel).toBe('noopener noreferrer')
  expect(told(mounted)).toBe('Created INC0010119.')
  expect(linkEvents).toEqual(['INC0010119'])
})

test('what the instance demands must be given before anything is sent', async () => {
  const mounted = mountTicket({
    preview: () => preview({ missing: [{ field: 'close_code', message: 'A resolved incident needs it.' }] }),
    create: () => ({ success: true, created: true, incident: theIncident, ticket: linkedTicket() }),
  })
  await mounted.press('create')
  await vi.waitFor(() => mounted.field('close_code'))
  mounted.act('send').click()
  expect(mounted.field('close_code').validity.valueMissing).toBe(true)
  expect(mounted.api.writes()).toEqual([])
  mounted.field('close_code').value = 'Solution provided'
  mounted.act('send').click()
  await vi.waitFor(() => expect(mounted.api.writes()).toHaveLength(1))
  expect(mounted.api.writes()[0]?.body).toEqual({ fields: { close_code: 'Solution provided' } })
})

test('a refused create keeps the dialog with what was typed, and says why and what to do', async () => {
  const errors: string[] = []
  const mounted = mountTicket({
    create: () =>
      problem('mapping_failed', { detail: 'Resolution notes are mandatory.', hint: 'Fill in close notes.' }),
  })
  mounted.element.addEventListener('sn-error', ({ detail }) => errors.push(detail.code))
  await mounted.press('create')
  await vi.waitFor(() => mounted.field('category'))
  mounted.field('category').value = 'hardware'
  mounted.act('send').click()
  await vi.waitFor(() =>
    expect(mounted.text('dialog [role=alert]')).toContain('Resolution notes are mandatory.'),
  )
  expect(mounted.text('dialog [role=alert]')).toContain('Fill in close notes.')
  expect(mounted.field('category').value).toBe('hardware')
  expect(mounted.dialog().open).toBe(true)
  expect(errors).toEqual(['mapping_failed'])
})

test('without a hint of the server the panel has advice of its own', async () => {
  const mounted = mountTicket({ link: () => linkedView, sync: () => problem('sn_unavailable') })
  await mounted.press('sync')
  await vi.waitFor(() => expect(mounted.text('.outcome [role=alert]')).toContain('The instance is asleep.'))
})

test('an unknown outcome is pending, looks different from a failure, and settles without a press', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const pending = linkOf({ sn_sync_status: 'pending' }, [push({ kind: 'create' })])
  const linkEvents: unknown[] = []
  const mounted = mountTicket({ link: (reads) => (reads < 3 ? pending : linkedView) })
  mounted.element.addEventListener('sn-ticket-link', ({ detail }) => linkEvents.push(detail.incident?.number))
  const reads = () => mounted.api.asked.filter(({ route }) => route.endsWith('/sn')).length
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(0)
    return mounted.has('.strip[data-kind=pending]')
  })
  expect(mounted.has('[data-act=create]')).toBe(false)
  expect(mounted.has('[role=alert]')).toBe(false)
  expect(mounted.text('.strip')).toContain('settles by itself')
  expect(reads()).toBe(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(reads()).toBe(2)
  await vi.advanceTimersByTimeAsync(2_999)
  expect(reads()).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(reads()).toBe(3)
  await vi.advanceTimersByTimeAsync(4_500)
  await mounted.element.updateComplete
  expect(mounted.text('.who .ident')).toContain('INC0010119')
  expect(linkEvents).toEqual(['INC0010119'])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(reads(), 'a settled link is left alone').toBe(4)
})

test('a removed element asks no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const mounted = mountTicket({ link: () => linkOf({ sn_sync_status: 'pending' }) })
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(0)
    return mounted.has('.strip[data-kind=pending]')
  })
  mounted.element.remove()
  const before = mounted.api.asked.length
  await vi.advanceTimersByTimeAsync(120_000)
  expect(mounted.api.asked).toHaveLength(before)
})

test('Sync status sends at once when nothing is missing, and tells what changed', async () => {
  const mounted = mountTicket({
    link: () => linkedView,
    sync: () => ({
      success: true,
      incident: theIncident,
      ticket: linkedTicket(),
      changed: [{ field: 'state', from: 'New', to: 'In Progress' }],
    }),
  })
  await mounted.press('sync')
  await vi.waitFor(() => expect(told(mounted)).toBe('Sent. State: New → In Progress'))
  expect(mounted.api.writes()).toEqual([
    { route: `PATCH /api/sn/incidents/${sysId}/sync-ticket/${TICKET}`, body: {} },
  ])
})

test('while it syncs the button says so, and a second press sends nothing', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const mounted = mountTicket({
    link: () => linkedView,
    sync: async () => {
      await held
      return { success: true, incident: theIncident, ticket: linkedTicket(), changed: [] }
    },
  })
  await mounted.press('sync')
  await vi.waitFor(() => expect(mounted.act('sync').querySelector('.now')?.textContent).toBe('Syncing…'))
  mounted.act('sync').click()
  mounted.act('note').click()
  expect(mounted.dialog().open).toBe(false)
  release()
  await vi.waitFor(() => expect(told(mounted)).toContain('nothing had to change'))
  expect(mounted.api.writes()).toHaveLength(1)
})

test('a status that needs more opens the dialog for exactly that', async () => {
  const mounted = mountTicket({
    link: () => linkOf(linkedTicket({ status: 'resolved' })),
    preview: () =>
      preview({
        action: 'update',
        fields: { state: '6' },
        missing: [
          { field: 'close_code', message: 'needed' },
          { field: 'close_notes', message: 'needed' },
        ],
      }),
    sync: () => ({ success: true, pending: true, ticket: linkedTicket({ sn_sync_status: 'pending' }) }),
  })
  await mounted.press('sync')
  await vi.waitFor(() => mounted.field('close_notes'))
  expect(mounted.has('dialog [name=state]')).toBe(false)
  mounted.field('close_code').value = 'Solution provided'
  mounted.field('close_notes').value = 'Password reset.'
  mounted.act('send').click()
  await vi.waitFor(() => expect(told(mounted)).toContain('not confirmed yet'))
  expect(mounted.api.writes()[0]?.body).toEqual({
    fields: { close_code: 'Solution provided', close_notes: 'Password reset.' },
  })
})

test('the work note starts as the AI suggestions, can be changed, and is sent once', async () => {
  const mounted = mountTicket({
    link: () => linkedView,
    note: () => ({ success: true, incident: theIncident, ticket: linkedTicket(), changed: [] }),
  })
  await mounted.press('note')
  await vi.waitFor(() => mounted.field('text'))
  expect(mounted.field('text').value).toBe(linkedTicket().ai_suggestions)
  mounted.field('text').value = 'Checked the gateway.'
  mounted.act('send').click()
  await vi.waitFor(() => expect(told(mounted)).toBe('The work note was added.'))
  expect(mounted.api.writes()).toEqual([
    {
      route: `POST /api/sn/incidents/${sysId}/work-note`,
      body: { ticket_id: TICKET, text: 'Checked the gateway.' },
    },
  ])
})

test.each([null, '', '  '])(
  'with the suggestions %j the button is off and says why',
  async (ai_suggestions) => {
    const mounted = mountTicket({ link: () => linkOf(linkedTicket({ ai_suggestions })) })
    await vi.waitFor(() => mounted.act('note'))
    expect(mounted.act('note').getAttribute('aria-disabled')).toBe('true')
    const why = mounted.act('note').getAttribute('aria-describedby')
    expect(mounted.text(`#${why}`)).toBe('This ticket has no AI suggestions.')
    mounted.act('note').click()
    await mounted.element.updateComplete
    expect(mounted.dialog().open).toBe(false)
  },
)

test.each([
  ['INC0010119', { number: 'INC0010119' }],
  [sysId.toUpperCase(), { sys_id: sysId }],
])('an existing incident is linked by %s', async (typed, body) => {
  let link = unlinkedView
  const mounted = mountTicket({
    link: () => link,
    done: () => {
      link = linkedView
      return { success: true }
    },
  })
  await mounted.press('ask-link')
  await vi.waitFor(() => expect(mounted.root.activeElement?.id).toBe('incident'))
  await userEvent.keyboard(`${typed}{Enter}`)
  await vi.waitFor(() => expect(mounted.has('.who')).toBe(true))
  expect(mounted.api.writes()).toEqual([{ route: `POST /api/tickets/${TICKET}/sn/link`, body }])
})

test('unlinking asks first; Keep the link sends nothing and gives the focus back', async () => {
  let link: TicketLinkView = linkedView
  const mounted = mountTicket({
    link: () => link,
    done: () => {
      link = unlinkedView
      return { success: true }
    },
  })
  await mounted.press('ask-unlink')
  await vi.waitFor(() => expect(mounted.root.activeElement).toBe(mounted.act('keep')))
  mounted.act('keep').click()
  await vi.waitFor(() => expect(mounted.root.activeElement).toBe(mounted.act('ask-unlink')))
  expect(mounted.api.writes()).toEqual([])
  await mounted.press('ask-unlink')
  await mounted.press('unlink')
  await vi.waitFor(() => expect(told(mounted)).toBe('Unlinked from INC0010119.'))
  expect(mounted.api.writes()).toEqual([{ route: `DELETE /api/tickets/${TICKET}/sn/link`, body: null }])
  await vi.waitFor(() => expect(mounted.root.activeElement).toBe(mounted.act('create')))
})

test('a failure shows its reason with Try again', async () => {
  const error = { code: 'sn_forbidden', message: 'May not write.', hint: 'Give it the role itil.' }
  const mounted = mountTicket({
    link: () => linkOf(linkedTicket({ sn_sync_status: 'failed' }), [push({ state: 'dead', error })]),
  })
  await vi.waitFor(() => expect(mounted.text('.strip')).toContain('May not write. Give it the role itil.'))
  expect(mounted.find('.strip').getAttribute('role')).toBe('alert')
  mounted.act('retry').click()
  await vi.waitFor(() => expect(told(mounted)).toBe('Queued again.'))
  expect(mounted.api.writes()).toEqual([{ route: `POST /api/tickets/${TICKET}/sn/retry`, body: null }])
})

test.each(['ours', 'theirs'] as const)(
  'a conflict shows both values; the choice %s is sent',
  async (choice) => {
    const mounted = mountTicket({
      link: () => linkOf(linkedTicket(), [push({ state: 'waiting' })]),
      problems: () => [conflict(), conflict({ id: 'other', ticket_id: 'another ticket' })],
    })
    await vi.waitFor(() => expect(mounted.text('.both tbody')).toBe('StateResolvedOn Hold'))
    mounted.act(choice).click()
    await vi.waitFor(() => expect(told(mounted)).toBe('Decided.'))
    expect(mounted.api.writes()).toEqual([
      { route: 'POST /api/sn/problems/problem-1/resolve', body: { choice } },
    ])
  },
)

test('without the permission to push it shows everything and offers nothing', async () => {
  const mounted = mountTicket({ link: () => linkedView, permissions: () => ['incident.view'] })
  await vi.waitFor(() => expect(mounted.text()).toContain('may look, but not send'))
  expect(mounted.text('.who .ident')).toContain('INC0010119')
  expect(mounted.root.querySelectorAll('[data-act]')).toHaveLength(0)
})

test('without a configuration the ticket is left in peace', async () => {
  const mounted = mountTicket({ health: () => notConfigured })
  await vi.waitFor(() => expect(mounted.text()).toContain('ServiceNow is not configured'))
  expect(mounted.has('[data-act=create]')).toBe(false)
})

test('a link that cannot be read says so and can be asked for again', async () => {
  const mounted = mountTicket({ link: (reads) => (reads === 0 ? problem('internal') : linkedView) })
  await mounted.press('reload')
  await vi.waitFor(() => expect(mounted.text('.who .ident')).toContain('INC0010119'))
})

test('another ticket-id shows another ticket; an address that is no https link stays text', async () => {
  const mounted = mountTicket({ link: () => ({ ...linkedView, open_url: 'javascript:alert(1)' }) })
  await vi.waitFor(() => expect(mounted.has('.who')).toBe(true))
  expect(mounted.has('.who a')).toBe(false)
  mounted.element.ticketId = 'other/1'
  await vi.waitFor(() => expect(mounted.api.asked.at(-1)?.route).toBeDefined())
  await vi.waitFor(() =>
    expect(mounted.api.asked.some(({ route }) => route === 'GET /api/tickets/other%2F1/sn')).toBe(true),
  )
})

test('text of a ticket or an incident is only ever text', async () => {
  const evil = '<img src=x onerror="window.pwned=1">'
  const mounted = mountTicket({
    link: () => ({
      ...linkOf(
        linkedTicket({
          sn_number: evil,
          ai_suggestions: evil,
          sn_sync_status: 'failed',
          sn_last_error: evil,
        }),
      ),
      incident: { ...theIncident, short_description: evil, state: { value: '1', label: evil } },
    }),
  })
  await vi.waitFor(() => expect(mounted.text('.who')).toContain(evil))
  await mounted.press('note')
  await vi.waitFor(() => expect(mounted.field('text').value).toBe(evil))
  expect(mounted.has('img')).toBe(false)
  expect('pwned' in window).toBe(false)
})
