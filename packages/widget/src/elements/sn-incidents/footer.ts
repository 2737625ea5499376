/** How much of the list is shown, and the button for more of it. */
import { html, nothing, type TemplateResult } from 'lit'
import { hiddenCount, type ListState } from '../../state/list.ts'
import { count } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'

export interface FooterView {
  list: ListState
  locale: string
  say: Say
  onMore(): void
}

/** Example: `25 of 312 incidents`; without a next page, or without a total, only what is there. */
export function countLine({ incidents, total, nextCursor }: ListState, locale: string, say: Say): string {
  const shown = count(incidents.length, locale)
  if (nextCursor === null || total === null) return say('shownAll', shown, incidents.length)
  return say('shown', shown, count(Math.max(total, incidents.length), locale))
}

export function footer({ list, locale, say, onMore }: FooterView): TemplateResult {
  const hidden = hiddenCount(list)
  const busy = list.phase === 'loading_more'
  return html`<footer class="footer" part="footer">
    <p>
      ${countLine(list, locale, say)}${
        hidden > 0 ? html`<span> · ${say('hiddenByRules', count(hidden, locale), hidden)}</span>` : nothing
      }
    </p>
    ${
      list.nextCursor === null
        ? nothing
        : html`<button
            type="button"
            class="button more"
            aria-disabled=${busy ? 'true' : 'false'}
            @click=${() => !busy && onMore()}
          >
            ${say(busy ? 'loadingMore' : 'loadMore')}
          </button>`
    }
  </footer>`
}
