/** What waits for a person: conflicts, writes that were given up, outcomes nobody knows, each with its choices. */
import { icon, make, part } from './dom.js'
import { faultWords } from './fault.js'
import {
  ask,
  goToSignIn,
  mayOpen,
  openSession,
  showPanel,
  showProblemCount,
  startThemeButton,
} from './session.js'
import { timeTag } from './time.js'

const kinds = {
  conflict: [
    'Changed on both sides',
    'The incident was changed while our change waited. Which value is right?',
  ],
  dead_letter: ['Not sent', 'ServiceNow did not accept this change. It is kept here until somebody decides.'],
  unknown_outcome: [
    'Outcome unknown',
    'It was sent, and no answer proves what became of it. Look into ServiceNow before sending again.',
  ],
}

const pushes = { create: 'Create the incident', update: 'Change the incident', note: 'Add a work note' }

/** Words, and what they say while they work. */
const choices = {
  ours: ['Keep ours', 'Sending ours…'],
  theirs: ['Take theirs', 'Taking theirs…'],
  resend: ['Send again', 'Sending…'],
  drop: ['Drop it', 'Dropping…'],
}

const done = {
  ours: 'Our value is sent.',
  theirs: 'Their value stands.',
  resend: 'Queued again.',
  drop: 'Dropped.',
}

startThemeButton()
const user = await openSession()
const told = make('p', { class: 'told', role: 'status' })
const list = make('div', { class: 'problems' })
if (mayOpen(user, 'problems')) await start()
else {
  showPanel(
    'Problems are for the support team',
    'Your account does not include them. An administrator can give you the agent role.',
  )
  part('content').prepend(make('h1', { class: 'visually-hidden' }, 'Problems'))
}

async function start() {
  const head = make('div', { class: 'page-head' }, make('h1', {}, 'Problems'), told)
  list.replaceChildren(
    make('div', { class: 'bones' }, make('div', { class: 'bone' }), make('div', { class: 'bone' })),
  )
  part('content').replaceChildren(head, list)
  await load()
  document.addEventListener('visibilitychange', () => {
    const busy = list.querySelector('[aria-busy="true"]') !== null
    if (document.visibilityState === 'visible' && !busy) void load()
  })
}

async function load() {
  const answer = await ask('api/sn/problems')
  if (answer.status === 401) return goToSignIn()
  if (answer.status !== 200 || !Array.isArray(answer.body?.problems)) return showFault(answer)
  const { problems, skipped = [] } = answer.body
  list.replaceChildren(...problems.map(card), ...(skipped.length === 0 ? [] : [passedOver(skipped)]))
  count()
}

function count() {
  const left = list.querySelectorAll('.problem').length
  showProblemCount(left)
  if (left === 0 && list.querySelector('.passed-over') === null) list.replaceChildren(calm())
}

/** Records nobody can decide about here: they have to be made smaller in ServiceNow. */
function passedOver(skipped) {
  const link = ({ sys_id: id, open_url: url }) =>
    make('li', {}, url === null ? id : make('a', { href: url, target: '_blank', rel: 'noopener' }, id))
  return make(
    'section',
    { class: 'panel passed-over' },
    make(
      'h2',
      {},
      skipped.length === 1
        ? 'One incident is too large to be read'
        : `${skipped.length} incidents are too large to be read`,
    ),
    make(
      'p',
      {},
      'A sync passes over a record above 32 MiB. Shorten it in ServiceNow: it is read again when it changes.',
    ),
    make('ul', {}, ...skipped.map(link)),
  )
}

function calm() {
  return make(
    'section',
    { class: 'panel' },
    make('span', { class: 'emblem' }, icon('m3.5 8.5 3 3 6-7')),
    make('h2', { tabindex: '-1' }, 'Nothing waits for you'),
    make('p', {}, 'Conflicts and changes that ServiceNow did not accept appear here.'),
  )
}

function showFault(answer) {
  const again = make('button', { type: 'button', class: 'small-button' }, 'Try again')
  again.addEventListener('click', () => void load())
  const title = make('h2', {}, 'The problems could not be loaded')
  const box = make(
    'section',
    { class: 'panel', role: 'alert' },
    title,
    make('p', {}, faultWords(answer)),
    again,
  )
  list.replaceChildren(box)
}

function card(problem) {
  const [title, text] = kinds[problem.kind] ?? kinds.dead_letter
  const fault = make('p', { class: 'fault', role: 'alert', hidden: true })
  const box = make('article', { class: 'problem', 'data-kind': problem.kind, 'aria-busy': 'false' })
  const ticket = make(
    'a',
    { class: 'subject', href: `tickets/${encodeURIComponent(problem.ticket_id)}`, dir: 'auto' },
    problem.ticket_subject,
  )
  box.append(
    make(
      'p',
      { class: 'kind' },
      icon(
        problem.kind === 'conflict'
          ? 'M5 3v10M5 3 2.8 5.2M5 3l2.2 2.2M11 13V3m0 10 2.2-2.2M11 13l-2.2-2.2'
          : 'M8 2.5 14 13H2ZM8 6.5v3M8 11.3v.1',
      ),
      title,
    ),
    make('h2', {}, ticket),
    make(
      'p',
      { class: 'quiet byline' },
      make('span', {}, pushes[problem.push.kind] ?? problem.push.kind),
      make('span', {}, problem.sn_number ?? 'No incident yet'),
      make('span', {}, 'since ', timeTag(problem.push.created_at)),
    ),
    problem.conflicts.length > 0 ? sides(problem.conflicts) : reason(problem.push.error),
    make('p', { class: 'quiet' }, text),
    fault,
    make('div', { class: 'row' }, ...problem.choices.map((choice) => button(problem, choice, box, fault))),
  )
  return box
}

function reason(error) {
  if (error === null) return ''
  const hint = error.hint ? [make('br'), error.hint] : []
  return make('p', { class: 'reason' }, error.message, ...hint)
}

function sides(conflicts) {
  const heads = ['Field', 'Ours', 'Theirs'].map((name) => make('th', { scope: 'col' }, name))
  const cell = (value) =>
    make('td', { dir: 'auto' }, value === '' ? make('i', { class: 'quiet' }, 'empty') : value)
  const rows = conflicts.map(({ field, ours, theirs, labels }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row' }, label(field)),
      cell(labels?.ours ?? ours),
      cell(labels?.theirs ?? theirs),
    ),
  )
  return make(
    'table',
    { class: 'sides' },
    make('caption', { class: 'visually-hidden' }, 'Both values of each field'),
    make('thead', {}, make('tr', {}, ...heads)),
    make('tbody', {}, ...rows),
  )
}

function label(field) {
  const words = field.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function button(problem, choice, box, fault) {
  const [words, busyWords] = choices[choice] ?? [choice, '…']
  const press = make('button', { type: 'button', class: 'small-button' }, words)
  press.addEventListener('click', async () => {
    if (box.getAttribute('aria-busy') === 'true') return
    box.setAttribute('aria-busy', 'true')
    fault.hidden = true
    press.textContent = busyWords
    const resolve = `api/sn/problems/${encodeURIComponent(problem.id)}/resolve`
    const answer = await ask(resolve, { method: 'POST', body: { choice } })
    box.setAttribute('aria-busy', 'false')
    press.textContent = words
    if (answer.status === 200) return leave(box, done[choice])
    if (answer.status === 401) return goToSignIn()
    fault.textContent = faultWords(answer)
    fault.hidden = false
  })
  return press
}

/** The focus goes on to the next problem, so that a keyboard can work the list down. */
function leave(box, words) {
  const next = box.nextElementSibling ?? box.previousElementSibling
  box.remove()
  told.textContent = words
  count()
  const target = next?.querySelector('a') ?? list.querySelector('[tabindex]')
  if (target instanceof HTMLElement) target.focus()
}
