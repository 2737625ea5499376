/** The dialog of two versions side by side: how many incidents differ, and each changed field with both values. */

import type { DatasetDifference, IncidentDifference } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import type { Reader } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import { clip, count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'
import { fieldLabel } from '../sn-incidents/columns.ts'
import { pageEnd } from './version-details.ts'
import { changes } from './versions-table.ts'

/** Values are compared, not read in full; a new record has every field. */
const VALUE_LENGTH = 300
const FIELDS = 60

export interface DiffView {
  from: number
  to: number
  changes: readonly IncidentDifference[] | null
  counts: DatasetDifference['counts'] | null
  hasMore: boolean
  loading: boolean
  failure: Failure | null
  reader: Reader
  say: Say
  onMore(): void
  onClose(): void
}

const kindWords = {
  added: 'changedAdded',
  updated: 'changedUpdated',
  deleted: 'changedDeleted',
} as const satisfies Record<IncidentDifference['kind'], string>

export function diffDialog(view: DiffView): TemplateResult {
  const { from, to, counts, reader, say } = view
  const number = (value: number) => count(value, reader.locale)
  const total = counts === null ? 0 : counts.added + counts.updated + counts.deleted
  const list = view.changes
  return html`<article class="details" part="details">
    <header class="head-bar">
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="dialog-title" tabindex="-1" autofocus>${say('compareTitle', number(from), number(to))}</h2>
      <p class="quiet" role="status">${counts === null ? (view.failure === null ? say('compareLoading') : nothing) : total === 0 ? say('compareSame') : html`${changes(counts, reader, say)} · <span>${say('compareShown', number(list?.length ?? 0), number(total))}</span>`}</p>
    </div>
    <div class="page" tabindex="0" aria-busy=${view.loading ? 'true' : 'false'}>
      ${list === null ? nothing : html`<ul class="diffs">${list.map((change) => entry(change, view))}</ul>`} ${pageEnd(view)}
    </div>
  </article>`
}

function entry(
  { sys_id: sysId, number, kind, fields }: IncidentDifference,
  { say }: DiffView,
): TemplateResult {
  const words = kindWords[kind]
  return html`<li>
    <div class="diff-head">
      <strong>${clip(number || sysId, VALUE_LENGTH)}</strong> <span class="chip" data-tone=${kind}>${words === undefined ? kind : say(words)}</span>
    </div>
    ${
      kind !== 'updated' || fields.length === 0
        ? nothing
        : html`<table class="both">
            <thead>
              <tr><th scope="col">${say('changedField')}</th><th scope="col">${say('fieldBefore')}</th><th scope="col">${say('fieldAfter')}</th></tr>
            </thead>
            <tbody>
              ${[...fields]
                .sort(bookkeepingLast)
                .slice(0, FIELDS)
                .map(
                  ({ field, from, to }) => html`<tr>
                  <th scope="row">${fieldLabel(field, say)}</th><td dir="auto">${value(from, say)}</td><td dir="auto">${value(to, say)}</td>
                </tr>`,
                )}
            </tbody>
          </table>`
    }
  </li>`
}

/** What changes with every write (`sys_updated_on`, `sys_mod_count`) says least. */
function bookkeepingLast(a: { field: string }, b: { field: string }): number {
  return Number(a.field.startsWith('sys_')) - Number(b.field.startsWith('sys_'))
}

function value(text: string | null, say: Say): TemplateResult | string {
  return text === null || text === ''
    ? html`<i class="quiet">${say('noValue')}</i>`
    : clip(String(text), VALUE_LENGTH)
}
