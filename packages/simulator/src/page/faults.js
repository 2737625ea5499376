/* The switches of the faults, one for each kind. */
import { act, element } from './door.js'

const list = document.getElementById('faults')
const rate = document.getElementById('rate')
const rates = { next: { count: 1 }, tenth: { probability: 0.1 }, every: {} }
const lines = new Map()
let refresh = () => undefined

async function toggle(kind) {
  const { ids } = lines.get(kind)
  if (ids.length > 0) {
    for (const id of ids) await act('DELETE', `faults/${id}`, undefined, `${kind} is off.`)
  } else {
    const chosen = rate.selectedOptions[0].textContent
    await act('POST', 'faults', { kind, ...rates[rate.value] }, `${kind} is on: it hits ${chosen}.`)
  }
  refresh()
}

function lineOf({ kind, sentence }) {
  const name = `fault-${kind}`
  const control = element('button', {
    type: 'button',
    role: 'switch',
    class: 'switch',
    'aria-checked': 'false',
    'aria-labelledby': name,
    'aria-describedby': `${name}-sentence`,
  })
  control.addEventListener('click', () => toggle(kind))
  const times = element('span', { class: 'times' })
  const label = element('span', { class: 'kind', id: name }, kind)
  const words = element('span', { class: 'sentence', id: `${name}-sentence` }, sentence)
  lines.set(kind, { control, times, ids: [] })
  return element('li', {}, control, label, times, words)
}

function rateOf({ count, fired, probability }) {
  if (count !== undefined) return `${count - fired} more`
  return probability === undefined ? 'every one' : `${Math.round(probability * 1000) / 10} %`
}

/** Shows which faults are set, how often they hit, and how often they did; one that is used up is off. */
export function showFaults(kinds, faults, again) {
  refresh = again
  if (lines.size === 0) list.replaceChildren(...kinds.map(lineOf))
  for (const [kind, line] of lines) {
    const set = faults.filter((fault) => fault.kind === kind)
    const standing = set.filter(({ count, fired }) => count === undefined || fired < count)
    line.ids = standing.map(({ id }) => id)
    line.control.setAttribute('aria-checked', String(standing.length > 0))
    const fired = set.reduce((sum, fault) => sum + fault.fired, 0)
    const parts = [...standing.map(rateOf), ...(fired > 0 ? [`hit ${fired}×`] : [])]
    line.times.textContent = parts.join(', ')
  }
}

document.getElementById('faults-clear').addEventListener('click', async () => {
  await act('DELETE', 'faults', undefined, 'All faults are off.')
  refresh()
})
