/** The panel in place of a list that could not be had: signed out, not permitted, or failed, each with its next step. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Failure } from '../state/failure.ts'
import type { Say } from '../text/messages.ts'
import { icons } from './icons.ts'
import { reason } from './refusal.ts'

export interface DownView {
  failure: Failure
  title: string
  say: Say
  onRetry(): void
}

export function downPanel({ failure, title, say, onRetry }: DownView): TemplateResult {
  const { kind } = failure
  const signedOut = kind === 'signed_out'
  const forbidden = kind === 'no_permission'
  return html`<section class="panel" part="panel" data-scene=${kind} role=${forbidden ? nothing : 'alert'}>
    <span class="emblem">${signedOut ? icons.person : forbidden ? icons.lock : icons.warning}</span>
    <h3>${signedOut ? say('signedOutTitle') : forbidden ? say('adminForbidden') : title}</h3>
    <p>${signedOut ? say('signedOutText') : forbidden ? say('adminForbiddenText') : reason(failure, say)}</p>
    ${failure.requestId === null || signedOut || forbidden ? nothing : html`<p class="spoken">${say('requestId', failure.requestId)}</p>`}
    <div class="steps">
      ${forbidden ? nothing : html`<button type="button" class="button" data-act="reload" @click=${() => onRetry()}>${icons.refresh}${say('retry')}</button>`}
      ${signedOut ? html`<slot name="signed-out"></slot>` : nothing}
    </div>
  </section>`
}
