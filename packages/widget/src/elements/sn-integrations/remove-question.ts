/** The question before an integration is deleted: what goes, and what stays. */
import { html, nothing, type TemplateResult } from 'lit'
import { refusal } from '../../look/refusal.ts'
import { workButton } from '../../look/work-button.ts'
import type { Failure } from '../../state/failure.ts'
import { clip } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

export interface RemoveView {
  name: string
  busy: boolean
  failure: Failure | null
  say: Say
  onRemove(): void
  onClose(): void
}

export function removeQuestion({ name, busy, failure, say, onRemove, onClose }: RemoveView): TemplateResult {
  return html`<div class="question-body">
    <h2 id="dialog-title" dir="auto">${say('removeTitle', clip(name, 200))}</h2>
    <p>${say('removeText')}</p>
    ${failure === null ? nothing : refusal(failure, say('didNotWork'), say)}
    <div class="question-acts">
      <button type="button" class="button" autofocus data-act="keep" @click=${() => onClose()}>${say('keepIt')}</button>
      ${workButton({ act: 'remove', label: say('removeNow'), busyLabel: say('removing'), busy, primary: true, onPress: onRemove })}
    </div>
  </div>`
}
