/** How a "no" is told: what the server said, what to do about it, and that as a strip of its own. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Failure } from '../state/failure.ts'
import { clip } from '../text/format.ts'
import type { Say } from '../text/messages.ts'
import { icons } from './icons.ts'

/** What an instance says is shown in full, unless it sends a whole page. */
const TEXT_LENGTH = 2_000

/** What the server said, and what to do about it: its own hint, else our advice for the code. */
export function reason(
  error: { code: string; message: string | null; hint?: string | null },
  say: Say,
): TemplateResult {
  const hint = error.hint || say('whatNow', error.code)
  return html`${clip(error.message ?? '', TEXT_LENGTH)} ${hint === '' ? nothing : html`<span class="hint">${clip(hint, TEXT_LENGTH)}</span>`}`
}

/** One action that did not work. */
export function refusal(failure: Failure, title: string, say: Say): TemplateResult {
  return html`<div class="strip" data-kind="failed" role="alert">
    ${icons.warning}
    <div>
      <strong>${title}</strong>
      <p>${reason(failure, say)}</p>
    </div>
  </div>`
}
