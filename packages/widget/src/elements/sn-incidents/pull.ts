/** "Pull now", and the dialog of "Import as tickets…": what is new, what is here already, what is skipped and why. */
import type { PullItem } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import type { Say } from '../../text/messages.ts'
import type { PullController, PullStep } from './pull-controller.ts'

/** Rows beyond are counted, not drawn. */
const ROWS = 500

export interface PullView {
  pull: PullController
  /** Where a ticket is shown, with `{id}` in it; empty for no links. */
  ticketHref: string
  say: Say
  count(value: number): string
  onRun(step: PullStep): void
  onClose(): void
}

export function pullButtons({ pull, say, onRun }: PullView): TemplateResult | typeof nothing {
  if (!pull.allowed) return nothing
  const busy = pull.busy === 'pull'
  return html`<div class="pair">
    <button type="button" class="button plain" aria-disabled=${busy ? 'true' : 'false'} @click=${() => onRun('pull')}>
      ${say(busy ? 'pulling' : 'pullNow')}
    </button>
    <button type="button" class="button as-tickets" @click=${() => onRun('look')}>${icons.ticket}${say('importOpen')}</button>
  </div>`
}

/** How "Pull now" went, in the place of notices. */
export function pullOutcome(view: PullView): TemplateResult | typeof nothing {
  const { pull, say, count } = view
  if (pull.step !== 'pull' || pull.busy !== null || pull.open) return nothing
  if (pull.failure !== null) return failed(view)
  const { fetched, updated } = pull.answer ?? { fetched: 0, updated: 0 }
  return html`<p class="chips quiet">${say('pulled', count(fetched), count(updated))}</p>`
}

function failed({ pull, say }: PullView): TemplateResult {
  return html`<div class="notice" data-kind="failed" role="alert">
    ${icons.warning}
    <p>${pull.failure?.message ?? say('errorText')} ${pull.failure?.hint ?? nothing}</p>
  </div>`
}

export function importDialog(view: PullView): TemplateResult {
  const { pull, say, count } = view
  const { answer, busy, step } = pull
  const items = answer?.items ?? []
  const fresh = items.filter(isNew)
  const done = step === 'import' && pull.failure === null
  return html`<article class="details" part="details">
    <header class="head-bar">
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="details-title" tabindex="-1" autofocus>${say('importTitle')}</h2>
      <p class="quiet" role="status">${
        busy === 'look'
          ? say('importLooking')
          : done
            ? say('imported', count(answer?.imported ?? 0), count(answer?.skipped ?? 0))
            : say('importFound', count(fresh.length), count(items.length - fresh.length))
      }</p>
    </div>
    <div class="page" tabindex="0">
      ${pull.failure === null ? nothing : failed(view)}
      ${busy === 'look' ? html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>` : nothing}
      <ul class="items">${[...fresh, ...items.filter((item) => !isNew(item))].slice(0, ROWS).map((item) => row(item, view))}</ul>
    </div>
    ${
      done || fresh.length === 0
        ? nothing
        : html`<footer class="foot">
            <button type="button" class="button primary" aria-disabled=${busy === null ? 'false' : 'true'} @click=${() => view.onRun('import')}>
              ${say(busy === 'import' ? 'importing' : 'importNow', count(fresh.length))}
            </button>
          </footer>`
    }
  </article>`
}

const isNew = ({ action }: PullItem): boolean => action === 'import'

function row({ number, ticket_id: ticket, action, reason }: PullItem, { ticketHref, say }: PullView) {
  const words =
    action === 'import' ? say('importNew') : ticket === null ? say('importSkipped') : say('importHere')
  const id = ticket === null ? '' : `${say('linkedTicket')} ${ticket}`
  const link = ticketHref.replace('{id}', encodeURIComponent(ticket ?? ''))
  return html`<li>
    <b>${number}</b> <span>${words}</span>
    ${id === '' || ticketHref === '' ? id : html`<a class="link" href=${link}>${id}</a>`}
    ${reason === null ? nothing : html`<span dir="auto">${reason}</span>`}
  </li>`
}
