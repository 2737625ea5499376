/** The dialog of one version: where it came from, its exports, its incidents page by page. */
import type { DatasetVersionView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import type { ExportFormat, VersionIncident } from '../../api/dataset-client.ts'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import { absoluteTag, type Reader } from '../../look/time.ts'
import { freshChoices, labelOf } from '../../state/choices.ts'
import type { Failure } from '../../state/failure.ts'
import { clip, count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'
import { causeWords, changes } from './versions-table.ts'

const TEXT_LENGTH = 300

export interface VersionView {
  version: DatasetVersionView
  /** Null until the first page. */
  incidents: readonly VersionIncident[] | null
  hasMore: boolean
  loading: boolean
  failure: Failure | null
  /** What is being downloaded, and how the last download went. */
  exporting: ExportFormat | null
  exported: string
  reader: Reader
  say: Say
  /** Where a format is had. */
  href(format: ExportFormat): string
  onExport(event: MouseEvent, format: ExportFormat): void
  onMore(): void
  onClose(): void
}

const formats = { ndjson: 'NDJSON', csv: 'CSV' } as const satisfies Record<ExportFormat, string>

export function versionDetails(view: VersionView): TemplateResult {
  const { version, reader, say } = view
  const number = count(version.number, reader.locale)
  return html`<article class="details" part="details">
    <header class="head-bar">
      ${version.status === 'active' ? html`<span class="chip" data-tone="ok">${icons.check}${say('versionActive')}</span>` : nothing}
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="dialog-title" tabindex="-1" autofocus>${say('versionNumber', number)}</h2>
      <p class="quiet"><span dir="auto">${causeWords(version, reader, say)}</span> · ${absoluteTag(version.created_at, reader)} <span dir="auto">${say('versionBy', clip(version.created_by, TEXT_LENGTH))}</span></p>
    </div>
    <div class="page" tabindex="0" aria-busy=${view.loading ? 'true' : 'false'}>
      <dl class="about">
        ${version.notes === null ? nothing : html`<div class="wide"><dt>${say('versionNotes')}</dt><dd dir="auto">${clip(version.notes, 4_000)}</dd></div>`}
        <div><dt>${say('versionChanges')}</dt><dd>${changes(version, reader, say)}</dd></div>
        ${version.parent === null ? nothing : html`<div><dt>${say('versionParent')}</dt><dd>${say('versionNumber', count(version.parent, reader.locale))}</dd></div>`}
        <div class="wide"><dt>${say('versionHash')}</dt><dd><code dir="ltr">${clip(version.content_hash, 64)}</code></dd></div>
      </dl>
      <div class="exports">${(['ndjson', 'csv'] as const).map((format) => exportLink(view, format))}</div>
      <p role="status" class=${view.exported === '' ? 'hidden' : 'quiet'}>${view.exported}</p>
      ${incidents(view)}
    </div>
  </article>`
}

function exportLink(view: VersionView, format: ExportFormat): TemplateResult {
  const busy = view.exporting === format
  return html`<a class="button" data-export=${format} href=${view.href(format)} download aria-busy=${busy ? 'true' : 'false'}
    @click=${(event: MouseEvent) => view.onExport(event, format)}>${busy ? html`<span class="icon-box spin">${icons.refresh}</span>` : nothing}${view.say('exportAs', formats[format])}</a>`
}

function incidents(view: VersionView): TemplateResult {
  const { version, reader, say } = view
  const list = view.incidents
  if (list !== null && list.length === 0) return html`<p class="quiet">${say('incidentsNone')}</p>`
  return html`${
    list === null
      ? nothing
      : html`<section>
            <h3>${say('incidentsOf', count(list.length, reader.locale), count(version.incident_count, reader.locale))}</h3>
            <ul class="items">${list.map(incident)}</ul>
          </section>`
  }
    ${pageEnd(view)}`
}

/** The raw record of the version: what a field holds may be missing, or not even be a text. */
function incident({ sys_id: sysId, record }: VersionIncident): TemplateResult {
  const text = (name: string) => clip(String(record?.[name] ?? ''), TEXT_LENGTH)
  const state = labelOf(freshChoices.states, text('state'))
  return html`<li>
    <strong>${text('number') || sysId}</strong>
    <span class="item-text" dir="auto">${text('short_description')}</span>
    <span class="quiet">${state}</span>
  </li>`
}

export interface PageEnd {
  hasMore: boolean
  loading: boolean
  failure: Failure | null
  say: Say
  onMore(): void
}

/** Below a list in a dialog: it loads, it failed, or there is more. */
export function pageEnd({
  hasMore,
  loading,
  failure,
  say,
  onMore,
}: PageEnd): TemplateResult | typeof nothing {
  if (failure !== null) {
    return html`${refusal(failure, say('didNotWork'), say)}
      <div><button type="button" class="button" data-act="retry-page" @click=${() => onMore()}>${icons.refresh}${say('retry')}</button></div>`
  }
  if (hasMore) {
    return html`<div><button type="button" class="button" data-act="more" aria-disabled=${loading ? 'true' : 'false'} @click=${() => onMore()}>${say(loading ? 'loadingMore' : 'loadMore')}</button></div>`
  }
  return loading ? html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing
}
