/** The dialog that makes a ticket and goes to its page. */
import { priorities } from './chips.js'
import { make } from './dom.js'
import { faultWords } from './fault.js'
import { ask } from './session.js'

/** @param {import('./session.js').User} user */
export function newTicketDialog(user) {
  const fault = make('p', { class: 'fault', role: 'alert', hidden: true })
  const send = make('button', { type: 'submit', class: 'primary-button compact' }, 'Create ticket')
  const cancel = make('button', { type: 'button', class: 'quiet-button' }, 'Cancel')
  const form = make(
    'form',
    { class: 'stack' },
    make('h2', { id: 'new-title' }, 'New ticket'),
    field('Subject', make('input', { name: 'subject', required: true, maxlength: '1000', autofocus: true })),
    field('Description', make('textarea', { name: 'description', rows: '5' })),
    make(
      'div',
      { class: 'pair' },
      field('Priority', prioritySelect()),
      field('Category', make('input', { name: 'category', maxlength: '200' })),
    ),
    requester(user),
    fault,
    make('div', { class: 'row-end' }, cancel, send),
  )
  const dialog = make('dialog', { class: 'window', 'aria-labelledby': 'new-title' }, form)
  cancel.addEventListener('click', () => dialog.close())
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void create(form, send, fault)
  })
  return dialog
}

function field(label, control) {
  return make('label', { class: 'field' }, make('span', {}, label), control)
}

function prioritySelect() {
  const options = Object.entries(priorities).map(([value, words]) =>
    make('option', { value, selected: value === 'medium' }, words),
  )
  return make('select', { name: 'priority' }, ...options)
}

/** Whoever sees only their own tickets asks in their own name. */
function requester(user) {
  if (user.role === 'viewer') return make('p', { class: 'quiet' }, `Asked by ${user.email}`)
  return field(
    'Requester e-mail',
    make('input', { name: 'requester_email', type: 'email', maxlength: '320' }),
  )
}

async function create(form, send, fault) {
  if (send.getAttribute('aria-disabled') === 'true') return
  send.setAttribute('aria-disabled', 'true')
  send.textContent = 'Creating…'
  fault.hidden = true
  const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()])
  const body = Object.fromEntries(given.filter(([, value]) => value !== ''))
  const answer = await ask('api/tickets', { method: 'POST', body })
  const id = answer.body?.ticket?.id
  if (answer.status === 201 && id !== undefined) {
    location.assign(new URL(`tickets/${encodeURIComponent(id)}`, document.baseURI))
    return
  }
  send.setAttribute('aria-disabled', 'false')
  send.textContent = 'Create ticket'
  fault.textContent = faultWords(answer)
  fault.hidden = false
}
