/* The page of a served instance: asks the control door each second while it is seen, and sends what people switch. */
import { act, get } from './door.js'
import { showFaults } from './faults.js'
import { showRecords, showTables } from './records.js'
import { forgetRequests, showRequests } from './requests.js'

const at = (id) => document.getElementById(id)
const EVERY_MS = 1000
let turn = 0

function showClock({ now, running }) {
  at('now').dateTime = now
  at('now').textContent = `${now.slice(0, 10)} ${now.slice(11, 19)} UTC`
  at('clock-state').textContent = running ? 'runs' : 'stands still'
}

function showWork(work) {
  at('work').setAttribute('aria-checked', String(work !== null))
  if (work === null || document.activeElement === at('every')) return
  const value = String(work.everySeconds)
  if (![...at('every').options].some((option) => option.value === value)) at('every').add(new Option(value))
  at('every').value = value
}

function live(on) {
  at('live').textContent = on ? 'live' : 'not reached'
  at('live').dataset.state = on ? 'on' : 'off'
}

async function show() {
  try {
    const state = await get('overview')
    at('name').textContent = state.name
    const people = state.users.map(({ user }) => user).join(', ')
    at('facts').textContent =
      `Seed ${state.seed} · sign in as ${people}${state.latencyMs > 0 ? ` · answers after ${state.latencyMs} ms` : ''}${state.pending > 0 ? ` · ${state.pending} not seen by queries yet` : ''}`
    at('example').textContent =
      `curl -u ${state.users[0]?.user ?? 'admin'} '${location.origin}/api/now/table/incident?sysparm_limit=1'`
    showClock(state)
    showWork(state.work)
    showFaults(state.kinds, state.faults, show)
    showTables(state.tables)
    await Promise.all([showRequests(state.requests), showRecords()])
    live(true)
  } catch {
    live(false)
  }
}

async function send(method, path, body, done) {
  await act(method, path, body, done)
  await show()
}

for (const button of document.querySelectorAll('[data-advance]'))
  button.addEventListener('click', () =>
    send(
      'POST',
      'clock',
      { advance: Number(button.dataset.advance) },
      `The clock went on by ${button.textContent.slice(1)}.`,
    ),
  )
for (const button of document.querySelectorAll('[data-mutate]'))
  button.addEventListener('click', () => {
    const count = Number(button.dataset.mutate)
    const seed = (Date.now() + ++turn) % 2 ** 31
    send(
      'POST',
      'mutate',
      { seed, count },
      count === 1 ? 'One change was made.' : `${count} changes were made.`,
    )
  })
at('freeze').addEventListener('click', () =>
  send('POST', 'clock', { freeze: true }, 'The clock stands still.'),
)
at('run').addEventListener('click', () => send('POST', 'clock', { run: true }, 'The clock may run again.'))
at('reset').addEventListener('click', () => {
  const sure = 'Everything goes back to the beginning: records, clock, faults and the log. Go on?'
  if (!confirm(sure)) return
  forgetRequests()
  send('POST', 'reset', {}, 'Everything is as it was in the beginning.')
})

function startWork() {
  const everySeconds = Number(at('every').value)
  return send(
    'POST',
    'work',
    { everySeconds, seed: Date.now() % 2 ** 31 },
    `A change every ${everySeconds} s, by the clock of the instance.`,
  )
}
at('work').addEventListener('click', () => {
  if (at('work').getAttribute('aria-checked') === 'true')
    send('DELETE', 'work', undefined, 'The people have gone home.')
  else startWork()
})
at('every').addEventListener('change', () => {
  if (at('work').getAttribute('aria-checked') === 'true') startWork()
})

// What scrolls must be reachable by keys; not every browser sees to that by itself.
for (const scroll of document.querySelectorAll('.scroll')) scroll.tabIndex = 0

async function loop() {
  if (!document.hidden) await show()
  setTimeout(loop, EVERY_MS)
}
document.addEventListener('visibilitychange', () => document.hidden || show())
loop()
