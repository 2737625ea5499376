/** The versions, newest first: what each one changed, who made it, why, and what can be done with it. */
import type { DatasetVersionView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { icons } from '../../look/icons.ts'
import { type Reader, relativeTag } from '../../look/time.ts'
import { toCause } from '../../state/datasets.ts'
import { clip, count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

const TEXT_LENGTH = 300

export interface VersionsView {
  versions: readonly DatasetVersionView[]
  mayRollback: boolean
  busy: boolean
  reader: Reader
  say: Say
  onOpen(version: DatasetVersionView): void
  onRollback(version: DatasetVersionView): void
}

export function versionsTable(view: VersionsView): TemplateResult {
  const { versions, say, mayRollback } = view
  const head = (words: string, kind = '') =>
    html`<th scope="col" role="columnheader" class=${kind}>${words}</th>`
  return html`<div class="scroller" aria-busy=${view.busy ? 'true' : 'false'}>
    <table role="table" part="table">
      <caption class="hidden">${say('versionsCaption')}</caption>
      <thead role="rowgroup">
        <tr role="row">
          ${head(say('version'))} ${head(say('versionCreated'))} ${head(say('versionCause'))}
          ${head(say('versionChanges'))} ${head(say('versionIncidents'), 'figure')}
          ${mayRollback ? html`<th scope="col" role="columnheader" class="acts"><span class="hidden">${say('versionActs')}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${repeat(
          versions,
          ({ number }) => number,
          (version) => row(version, view),
        )}
      </tbody>
    </table>
  </div>`
}

function row(version: DatasetVersionView, view: VersionsView): TemplateResult {
  const { say, reader, mayRollback } = view
  const active = version.status === 'active'
  const number = count(version.number, reader.locale)
  return html`<tr role="row" part="row" data-number=${version.number}>
    <th scope="row" role="rowheader">
      <button type="button" class="link" aria-label=${say('openVersion', number)} @click=${() => view.onOpen(version)}>${say('versionNumber', number)}</button>
      ${active ? html`<span class="chip" data-tone="ok">${icons.check}${say('versionActive')}</span>` : nothing}
    </th>
    <td role="cell" data-name=${say('versionCreated')}><span>${relativeTag(version.created_at, reader)} <span class="quiet by" dir="auto">${say('versionBy', clip(version.created_by, TEXT_LENGTH))}</span></span></td>
    <td role="cell" data-name=${say('versionCause')}><span dir="auto">${causeWords(version, reader, say)}${version.notes === null ? nothing : html`<span class="notes quiet" dir="auto">${clip(version.notes, TEXT_LENGTH)}</span>`}</span></td>
    <td role="cell" data-name=${say('versionChanges')}>${changes(version, reader, say)}</td>
    <td role="cell" class="figure" data-name=${say('versionIncidents')}>${count(version.incident_count, reader.locale)}</td>
    ${
      mayRollback
        ? html`<td role="cell" class="acts">
            ${
              active
                ? nothing
                : html`<button type="button" class="button" data-act="ask-rollback" aria-label=${say('rollbackTo', number)} @click=${() => view.onRollback(version)}>${say('rollback')}</button>`
            }
          </td>`
        : nothing
    }
  </tr>`
}

export function causeWords({ cause }: DatasetVersionView, { locale }: Reader, say: Say): string {
  const read = toCause(cause)
  if (read.kind === 'sync') return say('causeSync')
  return read.kind === 'rollback'
    ? say('causeRollback', count(read.to, locale))
    : clip(read.text, TEXT_LENGTH)
}

/** Signs for the eye, words for the ear; zeros are left out. */
export function changes(
  { added, updated, deleted }: { added: number; updated: number; deleted: number },
  { locale }: Reader,
  say: Say,
): TemplateResult {
  const number = (value: number) => count(value, locale)
  const parts = [
    ['added', '+', added],
    ['updated', '~', updated],
    ['deleted', '−', deleted],
  ] as const
  const some = parts.filter(([, , value]) => value > 0)
  if (some.length === 0) return html`<span class="quiet">${say('noChanges')}</span>`
  return html`<span class="changes" aria-hidden="true">${some.map(([kind, sign, value]) => html`<span data-kind=${kind}>${sign}${number(value)}</span>`)}</span
    ><span class="hidden">${say('changed', number(added), number(updated), number(deleted))}</span>`
}
