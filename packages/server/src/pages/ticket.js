/** The page of one ticket: its fields, the status, the AI suggestions, and the panel of its incident beside them. */
import { priorities, statuses } from './chips.js'
import { icon, make, part } from './dom.js'
import { faultWords } from './fault.js'
import { ask, goToSignIn, mayOpen, openSession, showPanel, startThemeButton } from './session.js'
import { timeTag } from './time.js'

const SAVED_MS = 4_000

startThemeButton()
const user = await openSession()
const id = decodeURIComponent(location.pathname.replace(/\/$/, '').split('/').at(-1) ?? '')
const path = `api/tickets/${encodeURIComponent(id)}`
const panel = mayOpen(user, 'servicenow') ? incidentPanel() : null
await open()

async function open() {
  const answer = await ask(path)
  if (answer.status === 401) return goToSignIn()
  if (answer.status === 404) {
    const back = make('a', { href: 'tickets' }, 'Back to the tickets')
    return refuse('No such ticket', 'It does not exist, or it is not yours.', back)
  }
  if (answer.status !== 200) return refuse('The ticket could not be loaded', faultWords(answer))
  show(answer.body.ticket)
}

function refuse(title, text, ...steps) {
  showPanel(title, text, ...steps)
  part('content').prepend(make('h1', { class: 'visually-hidden' }, 'Ticket'))
}

function incidentPanel() {
  const element = make('sn-ticket', {
    'ticket-id': id,
    'api-base': new URL('api', document.baseURI).pathname,
  })
  element.addEventListener('sn-auth-required', goToSignIn)
  return element
}

function show(ticket) {
  document.title = `${ticket.subject} · Snowline`
  const back = make('a', { class: 'back', href: 'tickets' }, icon('M9.5 4 5.5 8l4 4'), 'Tickets')
  const main = make(
    'article',
    { class: 'ticket' },
    make('h1', { dir: 'auto' }, ticket.subject),
    make(
      'p',
      { class: 'quiet byline' },
      make('span', {}, `Ticket ${ticket.id}`),
      make('span', {}, ticket.requester_email ?? 'No requester'),
      make('span', {}, 'opened ', timeTag(ticket.created_at)),
    ),
    controls(ticket),
    section(
      'Description',
      make('p', { class: 'prose', dir: 'auto' }, ticket.description || 'No description.'),
    ),
    suggestions(ticket),
  )
  const columns = make('div', { class: panel === null ? 'single' : 'columns' }, main)
  if (panel !== null) columns.append(make('aside', { 'aria-label': 'ServiceNow' }, panel))
  part('content').replaceChildren(back, columns)
}

function section(title, ...content) {
  return make('section', { class: 'part' }, make('h2', {}, title), ...content)
}

/** A choice is saved as it is made, and says so. */
function controls(ticket) {
  const told = make('p', { class: 'told', role: 'status' })
  const status = saved('Status', 'status', statuses, ticket.status, told)
  const known = ticket.priority === null ? { '': predicted(ticket), ...priorities } : priorities
  const priority = saved('Priority', 'priority', known, ticket.priority ?? '', told)
  const category = make(
    'div',
    { class: 'field' },
    make('span', {}, 'Category'),
    make('span', { class: 'value' }, ticket.category ?? ticket.predicted_category ?? '–'),
  )
  return make('div', { class: 'controls' }, status, priority, category, told)
}

function predicted({ predicted_priority }) {
  return predicted_priority === null ? 'None' : `${priorities[predicted_priority]} (predicted)`
}

function saved(label, name, words, value, told) {
  const options = Object.entries(words).map(([key, text]) =>
    make('option', { value: key, selected: key === value }, text),
  )
  const select = make('select', { name }, ...options)
  let before = value
  select.addEventListener('change', async () => {
    const wish = select.value
    select.disabled = true
    const fine = await save({ [name]: wish === '' ? null : wish }, told)
    if (fine) before = wish
    else select.value = before
    select.disabled = false
    select.focus()
  })
  return make('label', { class: 'field' }, make('span', {}, label), select)
}

function suggestions(ticket) {
  const told = make('p', { class: 'told', role: 'status' })
  const text = make('textarea', {
    rows: '7',
    dir: 'auto',
    'aria-label': 'AI suggestions',
    placeholder: 'None yet. What is written here can be sent to the incident as a work note.',
  })
  text.defaultValue = ticket.ai_suggestions ?? ''
  const button = make(
    'button',
    { type: 'button', class: 'small-button', 'aria-disabled': 'true' },
    'Save suggestions',
  )
  const changed = () => text.value !== text.defaultValue
  text.addEventListener('input', () => button.setAttribute('aria-disabled', changed() ? 'false' : 'true'))
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    button.textContent = 'Saving…'
    const wish = text.value
    if (await save({ ai_suggestions: wish.trim() === '' ? null : wish }, told)) text.defaultValue = wish
    button.textContent = 'Save suggestions'
    button.setAttribute('aria-disabled', changed() ? 'false' : 'true')
  })
  return section('AI suggestions', text, make('div', { class: 'row-end' }, told, button))
}

/** True when it is saved. The panel is read again: a status of a linked ticket is on its way now. */
async function save(change, told) {
  told.textContent = 'Saving…'
  delete told.dataset.kind
  const answer = await ask(path, { method: 'PATCH', body: change })
  if (answer.status === 401) goToSignIn()
  const fine = answer.status === 200
  const pending = fine && answer.body?.ticket?.sn_sync_status === 'pending'
  const words = pending ? 'Saved; on its way to ServiceNow.' : 'Saved.'
  told.textContent = fine ? words : faultWords(answer)
  if (!fine) told.dataset.kind = 'fault'
  else setTimeout(() => told.textContent === words && told.replaceChildren(), SAVED_MS)
  if (fine) await panel?.refresh?.()
  return fine
}
