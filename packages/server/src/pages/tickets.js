/** The list of tickets: filters that stand in the address, rows that lead to a ticket, and a dialog for a new one. */
import { priorityChip, statusChip, statuses, syncChip } from './chips.js'
import { icon, make, part } from './dom.js'
import { faultWords } from './fault.js'
import { newTicketDialog } from './new-ticket.js'
import { ask, goToSignIn, mayOpen, openSession, startThemeButton } from './session.js'
import { timeTag } from './time.js'

const PAGE_SIZE = 50
const SEARCH_PAUSE_MS = 250

startThemeButton()
const user = await openSession()
const staff = mayOpen(user, 'servicenow')
const filters = readFilters()
const told = make('p', { class: 'visually-hidden', role: 'status' })
const area = make('div', { class: 'sheet', 'aria-busy': 'true' })
const columns = [
  'Subject',
  'Status',
  'Priority',
  'Requester',
  ...(staff ? ['ServiceNow', 'Sync'] : []),
  'Updated',
]
let turn = 0

part('content').replaceChildren(heading(), toolbar(), area, told)
await load()

function heading() {
  const dialog = newTicketDialog(user)
  const add = make(
    'button',
    { type: 'button', class: 'primary-button compact' },
    icon('M8 3.5v9M3.5 8h9'),
    'New ticket',
  )
  add.addEventListener('click', () => dialog.showModal())
  const title = make('h1', {}, staff ? 'Tickets' : 'My tickets')
  return make('div', { class: 'page-head' }, title, add, dialog)
}

function readFilters() {
  const query = new URLSearchParams(location.search)
  return { q: query.get('q') ?? '', status: query.get('status') ?? '', linked: query.get('linked') ?? '' }
}

function toolbar() {
  const search = make('input', {
    type: 'search',
    placeholder: 'Search tickets',
    'aria-label': 'Search tickets',
    value: filters.q,
  })
  let timer = 0
  search.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => apply({ q: search.value.trim() }), SEARCH_PAUSE_MS)
  })
  const status = choice('Status', [['', 'Any status'], ...Object.entries(statuses)], filters.status)
  status.addEventListener('change', () => apply({ status: status.value }))
  const bar = make('div', { class: 'filters', role: 'search' }, search, status)
  if (!staff) return bar
  const linked = choice(
    'ServiceNow',
    [
      ['', 'Linked or not'],
      ['true', 'Linked'],
      ['false', 'Not linked'],
    ],
    filters.linked,
  )
  linked.addEventListener('change', () => apply({ linked: linked.value }))
  bar.append(linked)
  return bar
}

function choice(label, options, value) {
  const select = make('select', { 'aria-label': label })
  select.append(
    ...options.map(([key, words]) => make('option', { value: key, selected: key === value }, words)),
  )
  return select
}

function apply(changed) {
  Object.assign(filters, changed)
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''))
  const { pathname } = location
  history.replaceState(null, '', query.size === 0 ? pathname : `${pathname}?${query}`)
  void load()
}

/** The first page of what is asked for, or the next one below it. */
async function load(cursor = null) {
  turn += 1
  const mine = turn
  area.setAttribute('aria-busy', 'true')
  if (cursor === null && area.querySelector('table') === null) area.replaceChildren(skeleton())
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''))
  query.set('limit', String(PAGE_SIZE))
  if (cursor !== null) query.set('cursor', cursor)
  const answer = await ask(`api/tickets?${query}`)
  if (mine !== turn) return
  area.setAttribute('aria-busy', 'false')
  if (answer.status === 401) return goToSignIn()
  if (answer.status !== 200 || !Array.isArray(answer.body?.tickets)) return showFault(answer)
  show(answer.body.tickets, answer.body.nextCursor ?? null, cursor !== null)
}

function show(tickets, nextCursor, more) {
  if (!more && tickets.length === 0) return showNone()
  const body = more ? area.querySelector('tbody') : make('tbody')
  if (body === null) return
  body.append(...tickets.map(row))
  if (!more) area.replaceChildren(table(body))
  area.querySelector('.more')?.remove()
  if (nextCursor !== null) area.append(moreButton(nextCursor))
  const count = body.children.length
  told.textContent = count === 1 ? '1 ticket shown' : `${count} tickets shown`
}

function table(body) {
  return make(
    'table',
    { class: 'tickets' },
    make('caption', { class: 'visually-hidden' }, 'Tickets, the newest change first'),
    make('thead', {}, make('tr', {}, ...columns.map((name) => make('th', { scope: 'col' }, name)))),
    body,
  )
}

function row(ticket) {
  const link = make('a', { href: `tickets/${encodeURIComponent(ticket.id)}`, dir: 'auto' }, ticket.subject)
  const cell = (name, ...content) => make('td', { 'data-name': name }, ...content.filter((one) => one !== ''))
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, link),
    cell('Status', statusChip(ticket.status)),
    cell('Priority', priorityChip(ticket.priority ?? ticket.predicted_priority)),
    cell('Requester', make('span', { class: 'requester' }, ticket.requester_email ?? '–')),
    ...(staff
      ? [cell('ServiceNow', ticket.sn_number ?? ''), cell('Sync', syncChip(ticket.sn_sync_status))]
      : []),
    cell('Updated', timeTag(ticket.updated_at)),
  )
}

function moreButton(cursor) {
  const button = make('button', { type: 'button', class: 'small-button more' }, 'Load more')
  button.addEventListener('click', () => {
    button.textContent = 'Loading…'
    void load(cursor)
  })
  return button
}

function skeleton() {
  const bars = Array.from({ length: 8 }, () => make('div', { class: 'bone' }))
  return make(
    'div',
    { class: 'bones' },
    make('span', { class: 'visually-hidden' }, 'Loading tickets'),
    ...bars,
  )
}

function showNone() {
  const filtered = Object.values(filters).some((value) => value !== '')
  const title = filtered ? 'Nothing matches' : 'No tickets yet'
  const text = filtered ? 'No ticket fits these filters.' : 'The first one is a press on "New ticket" away.'
  area.replaceChildren(make('section', { class: 'none' }, make('h2', {}, title), make('p', {}, text)))
  told.textContent = title
}

function showFault(answer) {
  const again = make('button', { type: 'button', class: 'small-button' }, 'Try again')
  again.addEventListener('click', () => void load())
  const text = make('p', {}, faultWords(answer))
  const title = make('h2', {}, 'The tickets could not be loaded')
  area.replaceChildren(make('section', { class: 'none', role: 'alert' }, title, text, again))
}
