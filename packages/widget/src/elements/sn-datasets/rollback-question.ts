/** The question before a rollback: what will happen, and why it is asked for. */
import type { DatasetVersionView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import type { Reader } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import type { Failure } from '../../state/failure.ts'
import { count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

export interface RollbackView {
  version: DatasetVersionView
  /** The number the new version will have. */
  next: number
  busy: boolean
  failure: Failure | null
  /** Somebody pressed without a reason. */
  needsReason: boolean
  reader: Reader
  say: Say
  onSubmit(reason: string): void
  onClose(): void
}

export function rollbackQuestion(view: RollbackView): TemplateResult {
  const { version, next, busy, needsReason, reader, say } = view
  const number = count(version.number, reader.locale)
  const incidents = count(version.incident_count, reader.locale)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement) || busy) return
    view.onSubmit(String(new FormData(event.currentTarget).get('reason') ?? '').trim())
  }
  return html`<div class="question-body">
    <h2 id="dialog-title">${say('rollbackTitle', number)}</h2>
    <ul class="will">
      <li>${say('rollbackText', count(next, reader.locale), number, incidents, version.incident_count)}</li>
      <li>${say('rollbackPauses')}</li>
      <li>${say('rollbackKeeps')}</li>
    </ul>
    <form novalidate @submit=${submit}>
      <div class="field">
        <label for="reason">${say('rollbackReason')}</label>
        <textarea id="reason" name="reason" rows="3" maxlength="500" dir="auto" autofocus aria-required="true"
          aria-invalid=${needsReason ? 'true' : 'false'} aria-describedby=${needsReason ? 'reason-fault' : 'reason-help'}></textarea>
        ${
          needsReason
            ? html`<p id="reason-fault" class="fault" role="alert">${icons.warning}${say('rollbackReasonMissing')}</p>`
            : html`<p id="reason-help" class="quiet">${say('rollbackReasonHelp')}</p>`
        }
      </div>
      ${refused(view)}
      <div class="question-acts">
        <button type="button" class="button" @click=${() => view.onClose()}>${say('abandon')}</button>
        ${workButton({
          act: 'rollback',
          label: say('rollbackTo', number),
          busyLabel: say('rollingBack'),
          busy,
          primary: true,
          submits: true,
        })}
      </div>
    </form>
  </div>`
}

/** Two kinds of "not now" have kinder words than the server's. */
function refused({ failure, say }: RollbackView): TemplateResult | typeof nothing {
  if (failure === null) return nothing
  const kind =
    failure.code === 'conflict' ? 'rollbackRaced' : failure.code === 'sync_running' ? 'rollbackBusy' : null
  if (kind === null) return refusal(failure, say('didNotWork'), say)
  return html`<div class="strip" role="alert">${icons.warning}<p>${say(kind)}</p></div>`
}
