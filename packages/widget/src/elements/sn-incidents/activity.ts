/** The journal of one incident: comments and work notes, newest first, as text. */
import type { IncidentDetailView, JournalEntryView } from '@snowline/protocol'
import { html, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { type Reader, relativeTag } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import { clip } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

/** What is shown of one entry, in characters. */
const ENTRY_LENGTH = 20_000

export interface ActivityView {
  full: IncidentDetailView | null
  failure: Failure | null
  reader: Reader
  say: Say
  onRetry(): void
}

export function activity(view: ActivityView): TemplateResult {
  const { full, failure, say } = view
  if (failure !== null) {
    return html`<div class="notice" data-kind="failed" role="alert">
      ${icons.warning}
      <p>${say('detailsFailed')}</p>
      <button type="button" class="link" @click=${() => view.onRetry()}>${say('retry')}</button>
    </div>`
  }
  if (full === null) return html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>`
  if (full.journal === null) return html`<p class="nothing-here">${icons.lock}${say('journalHidden')}</p>`
  if (full.journal.length === 0)
    return html`<p class="nothing-here">${icons.comment}${say('journalEmpty')}</p>`
  return html`<ol class="journal">${full.journal.map((entry) => journalEntry(entry, view))}</ol>`
}

function journalEntry(entry: JournalEntryView, { reader, say }: ActivityView): TemplateResult {
  const note = entry.kind === 'work_notes'
  return html`<li data-kind=${entry.kind}>
    <span class="badge-icon">${note ? icons.note : icons.comment}</span>
    <div class="entry">
      <p class="byline">
        <strong dir="auto">${clip(entry.created_by, 200)}</strong>
        <span class="kind">${say(note ? 'journalWorkNote' : 'journalComment')}</span>
        ${relativeTag(entry.created_on, reader)}
      </p>
      <p class="description" dir="auto">${clip(entry.text, ENTRY_LENGTH)}</p>
    </div>
  </li>`
}
