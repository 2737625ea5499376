/* The log of requests as they come, newest on top. */
import { element, get } from './door.js'

const at = (id) => document.getElementById(id)
const body = at('requests').tBodies[0]
const pause = at('requests-pause')
const MOST = 200
/** Rows by number; those under way are asked for again until they have ended. */
const rows = new Map()
let last = 0

function readable(text) {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function rowOf({ method, path, query, user, status, fault, startedAt }) {
  const words = status === null ? 'under way' : status === 0 ? 'no answer' : String(status)
  const shown = element(
    'td',
    {},
    element(
      'span',
      { class: status !== null && status > 0 && status < 400 ? 'fine' : status === null ? '' : 'bad' },
      words,
    ),
  )
  if (fault) shown.append(element('span', { class: 'struck' }, fault))
  const target = element('td', {}, element('span', { class: 'method' }, method), ` ${readable(path)}`)
  if (query) target.append(element('span', { class: 'query' }, `?${readable(query)}`))
  return element(
    'tr',
    {},
    element('td', {}, startedAt.slice(11, 19)),
    target,
    element('td', {}, user ?? ''),
    shown,
  )
}

function forget() {
  rows.clear()
  last = 0
}

/** Reads what is new; `total` tells when the instance was reset behind our back. */
export async function showRequests(total) {
  if (pause.getAttribute('aria-pressed') === 'true') return
  at('requests-count').textContent = total === 0 ? '' : `${total.toLocaleString()} since the beginning`
  if (total < last) forget()
  const open = [...rows].filter(([, { entry }]) => entry.status === null).map(([seq]) => seq)
  const after = Math.min(last, ...open.map((seq) => seq - 1))
  if (total === last && open.length === 0 && last > 0) return
  const { requests } = await get(`requests?after=${after}&limit=${MOST}`)
  for (const entry of requests) {
    const known = rows.get(entry.seq)
    last = Math.max(last, entry.seq)
    if (known && known.entry.status === entry.status) continue
    const row = rowOf(entry)
    if (known) known.row.replaceWith(row)
    else body.prepend(row)
    rows.set(entry.seq, { entry, row })
  }
  for (const [seq, { row }] of rows)
    if (total === 0 || seq <= last - MOST) {
      row.remove()
      rows.delete(seq)
    }
  while (body.rows.length > rows.size) body.lastElementChild.remove()
  at('requests-empty').hidden = rows.size > 0
  at('requests').tHead.hidden = rows.size === 0
}

pause.addEventListener('click', () => {
  const paused = pause.getAttribute('aria-pressed') !== 'true'
  pause.setAttribute('aria-pressed', String(paused))
  pause.textContent = paused ? 'Paused' : 'Pause'
})
