/** A sync as a person watches it: what happens now, how far it is, how long still; and how it ended. */
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { reason } from '../../look/refusal.ts'
import type { Reader } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import { type RunEnd, type SyncRunState, shareDone } from '../../state/sync-run.ts'
import { duration } from '../../text/duration.ts'
import { clip, count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

const TEXT_LENGTH = 500

export interface RunView {
  name: string
  run: SyncRunState
  maySync: boolean
  reader: Reader
  say: Say
  onCancel(): void
  /** A person has looked: what the run found gone may go. */
  onConfirm(): void
  onDismiss(): void
}

export function runBar(view: RunView): TemplateResult | typeof nothing {
  const { run } = view
  if (run.runId === null) return nothing
  return run.end === null ? underWay(view) : ended(view, run.end)
}

function underWay(view: RunView): TemplateResult {
  const { name, run, maySync, say } = view
  const label = say('runOf', name)
  const done = shareDone(run)
  const message = clip(run.progress?.message ?? say('runStarting'), TEXT_LENGTH)
  return html`<div class="run" data-run="going">
    <div class="run-head">
      <span class="icon-box spin">${icons.refresh}</span>
      <p class="run-now" dir="auto">${message}</p>
      ${
        maySync
          ? workButton({
              act: 'cancel-run',
              label: say('runCancel'),
              busyLabel: say('runCancelling'),
              busy: run.cancelling,
              onPress: () => view.onCancel(),
            })
          : nothing
      }
    </div>
    ${
      done === null
        ? html`<progress aria-label=${label} aria-valuetext=${message}></progress>`
        : html`<progress aria-label=${label} aria-valuetext=${message} max="100" .value=${Math.round(done * 100)}></progress>`
    }
    <p class="run-facts quiet">${facts(view)}</p>
    ${run.live ? nothing : html`<p class="run-lost">${icons.cloudOff}${say('runLost')}</p>`}
  </div>`
}

function facts({ run: { progress }, reader: { locale }, say }: RunView): TemplateResult | typeof nothing {
  if (progress === null || progress.totalBatches === 0) return nothing
  const { added, updated, unchanged, deleted, etaMs } = progress
  const number = (value: number) => count(value, locale)
  const parts = [
    say('runBatch', number(progress.batch), number(progress.totalBatches)),
    say('runOfTotal', number(progress.processed), number(progress.totalIncidents)),
    say('runFigures', number(added), number(updated), number(unchanged), number(deleted)),
    ...(etaMs === null ? [] : [say('runLeft', duration(etaMs, locale))]),
  ]
  return html`${parts.map((part) => html`<span>${part}</span>`)}`
}

/** The end in one sentence: for the eye, and for the polite voice. */
export function endWords(end: RunEnd, reader: Reader, say: Say): string {
  if (end.kind === 'cancelled') return say('runCancelled')
  if (end.kind === 'failed') return `${say('runFailed')}. ${end.message}`
  const { stats, version } = end
  if (stats === null) return say('runDone')
  const number = (value: number) => count(value, reader.locale)
  if (stats.total === 0) return `${say('runDone')}. ${say('runDoneNothing')}.`
  const figures = say(
    'runFigures',
    number(stats.added),
    number(stats.updated),
    number(stats.unchanged),
    number(stats.deleted),
  )
  const made = version === null ? '' : ` · ${say('runVersion', number(version))}`
  return `${say('runDone')}: ${figures}${made}.`
}

function ended({ maySync, reader, say, onConfirm, onDismiss }: RunView, end: RunEnd): TemplateResult {
  const failed = end.kind === 'failed'
  const asks = failed && end.code === 'reconcile_needs_confirmation' && maySync
  const icon = failed ? icons.warning : end.kind === 'cancelled' ? icons.cross : icons.check
  return html`<div class="strip run-end" data-run=${end.kind} data-kind=${failed ? 'failed' : 'done'} role=${failed ? 'alert' : nothing}>
    ${icon}
    <div>
      ${failed ? html`<strong>${say('runFailed')}</strong><p dir="auto">${reason(end, say)}</p>` : html`<p>${endWords(end, reader, say)}</p>`}
      ${asks ? html`<div class="choices"><button type="button" class="button" data-act="confirm" @click=${() => onConfirm()}>${say('runConfirm')}</button></div>` : nothing}
    </div>
    <button type="button" class="button plain square dismiss" aria-label=${say('dismiss')} title=${say('dismiss')} @click=${() => onDismiss()}>${icons.cross}</button>
  </div>`
}
