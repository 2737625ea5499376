/** A button that says what it does while it works, without changing its width. */
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'

export interface WorkButton {
  label: string
  /** What it says while it works. */
  busyLabel: string
  busy: boolean
  /** Cannot be pressed now; it stays in the tab order so that its reason can be read. */
  off?: boolean
  /** The id of the text that says why not. */
  reason?: string | undefined
  primary?: boolean
  plain?: boolean
  /** The attribute `data-act`, and whether a press submits the form it stands in. */
  act: string
  submits?: boolean
  icon?: TemplateResult
  onPress?(): void
}

export function workButton(view: WorkButton): TemplateResult {
  const { label, busyLabel, busy, primary = false, off = false } = view
  const press = (event: Event) => {
    if (busy || off) event.preventDefault()
    else view.onPress?.()
  }
  return html`<button
    type=${view.submits ? 'submit' : 'button'}
    class=${primary ? 'button primary' : view.plain ? 'button plain' : 'button'}
    data-act=${view.act}
    aria-disabled=${busy || off ? 'true' : 'false'}
    aria-describedby=${view.reason ?? nothing}
    @click=${press}
  >
    ${busy ? html`<span class="icon-box spin">${icons.refresh}</span>` : (view.icon ?? nothing)}
    <span class="swap"
      ><span class=${busy ? '' : 'now'}>${label}</span><span class=${busy ? 'now' : ''}>${busyLabel}</span></span
    >
  </button>`
}
