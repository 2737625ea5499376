/** The table of incidents: a real table, with roles written out because the narrow layout turns its rows into cards. */
import type { IncidentView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { priorityChip, stateChip } from '../../look/chips.ts'
import { icons } from '../../look/icons.ts'
import { type Reader, relativeTag } from '../../look/time.ts'
import type { Sort, SortKey } from '../../state/filters.ts'
import { clip } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'
import { type Column, fieldOf, isChoice, isReference } from './columns.ts'

/** A cell shows one line; a field of a mebibyte must not make the whole table slow. */
const CELL_LENGTH = 400

export interface TableView {
  columns: readonly Column[]
  incidents: readonly IncidentView[]
  sort: Sort
  /** The incident the dialog shows, so that the eye finds its row again. */
  currentId: string | null
  busy: boolean
  reader: Reader
  say: Say
  onSort(key: SortKey): void
  onOpen(incident: IncidentView): void
}

export function incidentTable(view: TableView): TemplateResult {
  const { say, columns } = view
  return html`<div
    class="scroller"
    ?data-busy=${view.busy}
    aria-busy=${view.busy ? 'true' : 'false'}
  >
    <table role="table" part="table">
      <caption class="hidden">${say('tableCaption')}</caption>
      <thead role="rowgroup">
        <tr role="row">${columns.map((column) => headCell(column, view))}</tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          view.incidents,
          (incident) => incident.sys_id,
          (incident) => row(incident, view),
        )}
      </tbody>
    </table>
  </div>`
}

function headCell(column: Column, { sort, onSort }: TableView): TemplateResult {
  const key = column.sort
  if (key === null) {
    return html`<th scope="col" role="columnheader" data-key=${column.key}><span class="head">${column.label}</span></th>`
  }
  const active = sort.key === key
  const direction = sort.descending ? 'descending' : 'ascending'
  return html`<th scope="col" role="columnheader" data-key=${column.key} aria-sort=${active ? direction : nothing}>
    <button type="button" class="head sort" @click=${() => onSort(key)}
      >${column.label}<span class="arrow">${active && !sort.descending ? icons.arrowUp : icons.arrowDown}</span></button
    ><span class="card-head">${column.label}</span>
  </th>`
}

function row(incident: IncidentView, view: TableView): TemplateResult {
  const current = incident.sys_id === view.currentId
  return html`<tr
    role="row"
    part="row"
    data-id=${incident.sys_id}
    ?data-current=${current}
    @click=${(event: MouseEvent) => openUnlessSelecting(event, incident, view)}
  >
    ${view.columns.map((column) => cell(incident, column, view))}
  </tr>`
}

/** A click that only ends a text selection is not a wish to open; a press of the number always is. */
function openUnlessSelecting(event: MouseEvent, incident: IncidentView, view: TableView): void {
  if (event.defaultPrevented || event.button !== 0) return
  const pressed = event.target instanceof Element && event.target.closest('button') !== null
  const selection = document.getSelection()
  const selecting = selection?.type === 'Range' && selection.toString().trim() !== ''
  if (pressed || !selecting) view.onOpen(incident)
}

function cell(incident: IncidentView, column: Column, view: TableView): TemplateResult {
  if (column.kind === 'number') {
    return html`<th scope="row" role="rowheader" data-key="number">
      <button type="button" class="link number" aria-haspopup="dialog">${incident.number}</button>${marks(incident, view.say)}
    </th>`
  }
  return html`<td role="cell" data-key=${column.key} data-kind=${column.kind}>${content(incident, column, view)}</td>`
}

/** A pending change and a linked ticket are worth a glance in the list. */
function marks(incident: IncidentView, say: Say): TemplateResult {
  return html`${
    incident.pending
      ? html`<span class="mark" title=${say('pending')}>${icons.upload}<span class="hidden">${say('pending')}</span></span>`
      : nothing
  }${
    incident.ticket_id
      ? html`<span class="mark" title=${say('linkedTicketShort', incident.ticket_id)}
          >${icons.ticket}<span class="hidden">${say('linkedTicketShort', incident.ticket_id)}</span></span
        >`
      : nothing
  }`
}

function content(incident: IncidentView, column: Column, view: TableView): unknown {
  const value = fieldOf(incident, column.key)
  if (column.kind === 'state' && isChoice(value)) return stateChip(value)
  if (column.kind === 'priority' && isChoice(value)) return priorityChip(value)
  if (column.kind === 'time' && typeof value === 'string') return relativeTag(value, view.reader)
  if (isChoice(value)) return textOr(value.label || value.value, view.say)
  if (isReference(value)) return textOr(value.name, view.say, view.say('nameHidden'))
  if (column.key === 'assigned_to') return html`<span class="quiet">${view.say('unassigned')}</span>`
  return textOr(value, view.say)
}

function textOr(value: unknown, say: Say, otherwise?: string): TemplateResult {
  const text = clip(value == null ? '' : String(value), CELL_LENGTH)
  if (text !== '') return html`<span class="text" dir="auto" title=${text}>${text}</span>`
  if (otherwise !== undefined) return html`<span class="quiet">${otherwise}</span>`
  return html`<span class="quiet" aria-hidden="true">–</span><span class="hidden">${say('noValue')}</span>`
}

/** Grey bars in the shape of what is coming; the status region says it in words. */
export function skeleton(columns: readonly Column[], rows: number): TemplateResult {
  const bars = Array.from({ length: Math.min(rows, 8) })
  return html`<div class="skeleton" aria-hidden="true">
    <div class="bones headline">${columns.map((column) => html`<span data-key=${column.key}><i></i></span>`)}</div>
    ${bars.map(
      () =>
        html`<div class="bones">${columns.map((column) => html`<span data-key=${column.key}><i></i></span>`)}</div>`,
    )}
  </div>`
}
