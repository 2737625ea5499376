/* The records of one table, newest first, found by what they show; a click shows every field and the journals. */
import { element, get, tell } from './door.js'

const at = (id) => document.getElementById(id)
const table = at('table')
const search = at('search')
const [head, body] = [at('records').tHead, at('records').tBodies[0]]
let shown = ''
let asked = 0

/** Fills the list of tables, those with rows first. */
export function showTables(tables) {
  const names = tables.map(({ name, label, rows }) => `${name}|${label}|${rows > 0}`).join()
  if (table.dataset.names === names) return
  table.dataset.names = names
  const chosen = table.value || 'incident'
  const order = [...tables].sort((a, b) => Number(b.rows > 0) - Number(a.rows > 0))
  table.replaceChildren(
    ...order.map(({ name, label, rows }) =>
      element('option', { value: name }, `${label} (${name})${rows > 0 ? '' : ', empty'}`),
    ),
  )
  table.value = chosen
}

function rowOf({ sys_id, cells }) {
  return element(
    'tr',
    {},
    ...cells.map((text, column) => {
      if (column > 0) return element('td', { title: text }, text)
      const button = element('button', { type: 'button', class: 'open' }, text || sys_id.slice(0, 8))
      button.addEventListener('click', () => openRecord(table.value, sys_id, text))
      return element('td', {}, button)
    }),
  )
}

const MOST = 50
const counted = (count) => count.toLocaleString('en')

/** What the list is of: the newest ones, or what a search has found and where it has looked. */
function countOf({ rows, total, searched, more }) {
  if (search.value.trim() === '') return `the newest ${rows.length} of ${counted(total)}`
  if (!more) return `${counted(rows.length)} found in ${counted(total)}`
  const found = rows.length >= MOST ? `the first ${rows.length} found` : `${rows.length} found`
  return `${found}, the newest ${counted(searched)} of ${counted(total)} searched`
}

function emptyOf({ total, searched, more }) {
  if (total === 0) return 'This table is empty.'
  if (!more) return 'No record shows that text.'
  return `None of the newest ${counted(searched)} of ${counted(total)} records shows that text. A whole number or sys_id is found among all of them.`
}

/** Reads the table and shows it when it is not what is there already. */
export async function showRecords() {
  const mine = ++asked
  const query = new URLSearchParams({ search: search.value, limit: MOST })
  const found = await get(`browse/${encodeURIComponent(table.value || 'incident')}?${query}`)
  const text = JSON.stringify([table.value, search.value, found])
  if (mine !== asked || text === shown) return
  shown = text
  const { columns, rows } = found
  const held = document.activeElement?.closest?.('#records') ? document.activeElement.textContent : undefined
  head.replaceChildren(
    element(
      'tr',
      {},
      ...columns.map(({ label, name }) => element('th', { scope: 'col', title: name }, label)),
    ),
  )
  body.replaceChildren(...rows.map(rowOf))
  // Whoever stood on a record stands on it still.
  if (held !== undefined)
    [...body.querySelectorAll('.open')].find((button) => button.textContent === held)?.focus()
  at('records-count').textContent = countOf(found)
  at('records-empty').hidden = rows.length > 0
  at('records-empty').textContent = emptyOf(found)
}

function entryOf({ label, text, by, on }) {
  const head = element('p', { class: 'quiet' }, element('strong', {}, label), ` ${by}, ${on} UTC`)
  return element('li', {}, head, element('p', { class: 'words' }, text))
}

async function openRecord(name, sysId, title) {
  try {
    const { fields, journal } = await get(`browse/${encodeURIComponent(name)}/${sysId}`)
    at('record-title').textContent = title || sysId
    at('record-fields').tBodies[0].replaceChildren(
      ...fields.map(({ name, label, value, shown }) =>
        element(
          'tr',
          {},
          element('td', { title: name }, label),
          element('td', {}, shown),
          element('td', {}, value),
        ),
      ),
    )
    at('record-journal').hidden = journal.length === 0
    at('record-journal')
      .querySelector('ol')
      .replaceChildren(...journal.map(entryOf))
    at('record').showModal()
  } catch (error) {
    tell(`That record cannot be shown: ${error.message}`, 'fault')
  }
}

at('record-close').addEventListener('click', () => at('record').close())
table.addEventListener('change', () => showRecords())
let waiting
search.addEventListener('input', () => {
  clearTimeout(waiting)
  waiting = setTimeout(showRecords, 150)
})
