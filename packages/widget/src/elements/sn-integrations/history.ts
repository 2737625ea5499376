/** The dialog of an integration's runs: when, by whom, how it went. */
import type { RunView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons, toneIcons } from '../../look/icons.ts'
import { reason, refusal } from '../../look/refusal.ts'
import { absoluteTag, type Reader } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import { duration } from '../../text/duration.ts'
import { clip, count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

export interface HistoryView {
  name: string
  /** Null until the first answer. */
  runs: readonly RunView[] | null
  hasMore: boolean
  loading: boolean
  failure: Failure | null
  reader: Reader
  say: Say
  onMore(): void
  onRetry(): void
  onClose(): void
}

const states = {
  queued: ['runQueued', 'going', toneIcons.waiting],
  running: ['runRunning', 'going', toneIcons.waiting],
  success: ['runSuccess', 'ok', icons.check],
  error: ['runError', 'bad', icons.cross],
  cancelled: ['runStopped', 'off', toneIcons.off],
  interrupted: ['runInterrupted', 'bad', icons.warning],
} as const satisfies Record<RunView['state'], readonly [string, string, TemplateResult]>

const triggers = {
  manual: 'triggerManual',
  schedule: 'triggerSchedule',
  api: 'triggerApi',
} as const satisfies Record<RunView['trigger'], string>

export function history(view: HistoryView): TemplateResult {
  const { name, runs, say } = view
  return html`<article class="details" part="details">
    <header class="head-bar">
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title"><h2 id="dialog-title" tabindex="-1" autofocus dir="auto">${say('historyTitle', clip(name, 200))}</h2></div>
    <div class="page" tabindex="0" aria-busy=${view.loading ? 'true' : 'false'}>
      ${
        view.failure === null
          ? nothing
          : html`${refusal(view.failure, say('didNotWork'), say)}
              <div><button type="button" class="button" data-act="retry-history" @click=${() => view.onRetry()}>${icons.refresh}${say('retry')}</button></div>`
      }
      ${runs === null && view.failure === null ? html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
      ${runs?.length === 0 ? html`<p class="quiet">${say('historyNone')}</p>` : nothing}
      ${runs === null || runs.length === 0 ? nothing : html`<ol class="runs">${runs.map((run) => entry(run, view))}</ol>`}
      ${
        view.hasMore
          ? html`<div><button type="button" class="button" data-act="more-runs" aria-disabled=${view.loading ? 'true' : 'false'} @click=${() => view.onMore()}>${say(view.loading ? 'loadingMore' : 'loadMore')}</button></div>`
          : nothing
      }
    </div>
  </article>`
}

function entry(run: RunView, { reader, say }: HistoryView): TemplateResult {
  const [words, tone, icon] = states[run.state] ?? states.error
  const number = (value: number) => count(value, reader.locale)
  const { added, updated, unchanged, deleted } = run.counts
  const ms = run.finished_at === null ? null : Date.parse(run.finished_at) - Date.parse(run.started_at)
  const trigger = triggers[run.trigger]
  return html`<li data-id=${run.id}>
    <div class="run-line">
      <span class="chip" data-tone=${tone}>${icon}${say(words)}</span>
      <strong>${absoluteTag(run.started_at, reader)}</strong>
      <span class="quiet">${trigger === undefined ? run.trigger : say(trigger)}${ms === null || Number.isNaN(ms) ? nothing : html` · ${say('took', duration(ms, reader.locale))}`}</span>
    </div>
    <p class="quiet">${say('runFigures', number(added), number(updated), number(unchanged), number(deleted))}</p>
    ${run.error === null ? nothing : html`<p class="row-error" dir="auto">${reason(run.error, say)}</p>`}
  </li>`
}
