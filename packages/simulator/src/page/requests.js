/* The log of requests as they come, newest on top; a click shows the whole of one. */
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

function tookOf(ms) {
  if (ms === null) return ''
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms).toLocaleString('en')} ms`
}

function sizeOf(bytes) {
  if (bytes === null) return ''
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function statusOf({ status, fault }) {
  const words = status === null ? 'under way' : status === 0 ? 'no answer' : String(status)
  const fine = status !== null && status > 0 && status < 400
  const shown = element('span', { class: fine ? 'fine' : status === null ? '' : 'bad' }, words)
  return fault ? [shown, element('span', { class: 'struck' }, fault)] : [shown]
}

function rowOf(entry) {
  const { method, path, query, user, startedAt, ms, bytes } = entry
  const open = element(
    'button',
    { type: 'button', class: 'open' },
    element('span', { class: 'method' }, method),
    ` ${readable(path)}`,
  )
  if (query) open.append(element('span', { class: 'query' }, `?${readable(query)}`))
  open.addEventListener('click', () => openRequest(entry))
  return element(
    'tr',
    {},
    element('td', {}, startedAt.slice(11, 19)),
    element('td', {}, open),
    element('td', {}, user ?? ''),
    element('td', { class: 'end' }, tookOf(ms)),
    element('td', { class: 'end' }, sizeOf(bytes)),
    element('td', {}, ...statusOf(entry)),
  )
}

/** Path and query as they were sent, then each parameter as people write it. */
function openRequest(entry) {
  const { method, path, query, seq, user, authorization, startedAt, endedAt, ms, bytes } = entry
  at('request-title').textContent = `Request ${seq}`
  at('request-address').textContent = `${method} ${path}${query ? `?${query}` : ''}`
  const parts = [
    ...[...new URLSearchParams(query)].map(([name, value]) => [name, value]),
    ['User', user ?? (authorization ? 'not signed in' : 'no credentials')],
    ['Status', ...statusOf(entry)],
    ['Came', startedAt],
    ['Answered', endedAt ?? 'not yet'],
    ['Took', tookOf(ms)],
    ['Size', sizeOf(bytes)],
  ]
  at('request-parts').tBodies[0].replaceChildren(
    ...parts.map(([name, ...shown]) =>
      element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, ...shown)),
    ),
  )
  at('request').showModal()
}

at('request-close').addEventListener('click', () => at('request').close())

/** Takes every row away: the instance begins anew, whether or not somebody has stopped the list to read it. */
export function forgetRequests() {
  rows.clear()
  last = 0
  body.replaceChildren()
  showEmpty()
}

function showEmpty() {
  at('requests-empty').hidden = rows.size > 0
  at('requests').tHead.hidden = rows.size === 0
}

/** Reads what is new; `total` tells when the instance was reset behind our back. */
export async function showRequests(total) {
  if (total < last) forgetRequests()
  at('requests-count').textContent = total === 0 ? '' : `${total.toLocaleString('en')} since the beginning`
  if (pause.getAttribute('aria-pressed') === 'true') return
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
    if (seq <= last - MOST) {
      row.remove()
      rows.delete(seq)
    }
  showEmpty()
}

pause.addEventListener('click', () => {
  const paused = pause.getAttribute('aria-pressed') !== 'true'
  pause.setAttribute('aria-pressed', String(paused))
  pause.textContent = paused ? 'Paused' : 'Pause'
})
