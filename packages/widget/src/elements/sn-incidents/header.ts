/** The top of the section: its name, the connection in one line, and the button that fetches. */
import { html, nothing, type TemplateResult } from 'lit'
import { icons, toneIcons } from '../../look/icons.ts'
import type { Reader } from '../../look/time.ts'
import type { ConnectionLine } from '../../state/connection.ts'
import { clockTime } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

export interface HeaderView {
  line: ConnectionLine
  /** When the rows were true; null while there are none, or when a notice already says it. */
  asOf: string | null
  busy: boolean
  /** The fetch button leads only where fetching is the next step. */
  leading: boolean
  /** Further buttons, before the one that fetches. */
  buttons: TemplateResult | typeof nothing
  reader: Reader
  say: Say
  onFetch(): void
}

export function header(view: HeaderView): TemplateResult {
  const { line, asOf, reader, say } = view
  return html`<header class="header" part="header">
    <div class="headline">
      <h2><slot name="heading">${say('heading')}</slot></h2>
      <p class="connection" data-tone=${line.tone}>
        ${toneIcons[line.tone]}<span>${line.text}</span>${
          asOf === null
            ? nothing
            : html`<span class="as-of">${say('asOf', clockTime(asOf, reader.now, reader.locale, reader.timeZone))}</span>`
        }
      </p>
    </div>
    <slot name="actions"></slot>
    ${view.buttons} ${fetchButton(view)}
  </header>`
}

/** Both labels lie on one another, so that the button keeps its width while it works. */
function fetchButton({ busy, leading, say, onFetch }: HeaderView): TemplateResult {
  return html`<button
    type="button"
    class=${leading ? 'button primary fetch' : 'button fetch'}
    aria-disabled=${busy ? 'true' : 'false'}
    @click=${() => !busy && onFetch()}
  >
    <span class=${busy ? 'icon-box spin' : 'icon-box'}>${icons.refresh}</span>
    <span class="swap"
      ><span class=${busy ? '' : 'now'}>${say('fetchLatest')}</span
      ><span class=${busy ? 'now' : ''}>${say('fetching')}</span></span
    >
  </button>`
}
