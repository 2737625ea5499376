/* The records of one table, newest first, found by what they show; a click shows every field. */
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

/** Reads the table and shows it when it is not what is there already. */
export async function showRecords() {
  const mine = ++asked
  const query = new URLSearchParams({ search: search.value, limit: '50' })
  const found = await get(`browse/${encodeURIComponent(table.value || 'incident')}?${query}`)
  const text = JSON.stringify([table.value, found])
  if (mine !== asked || text === shown) return
  shown = text
  const { columns, rows, total } = found
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
  at('records-count').textContent = `the newest ${rows.length} of ${total.toLocaleString()}`
  at('records-empty').hidden = rows.length > 0
  at('records-empty').textContent = total === 0 ? 'This table is empty.' : 'No record shows that text.'
}

async function openRecord(name, sysId, title) {
  try {
    const { fields } = await get(`browse/${encodeURIComponent(name)}/${sysId}`)
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
