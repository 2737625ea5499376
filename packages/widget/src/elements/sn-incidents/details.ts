/** The dialog of one incident: head with its actions, three tabs, and the way to the neighbours. */
import type { IncidentDetailView, IncidentView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { priorityChip, stateChip } from '../../look/chips.ts'
import { icons } from '../../look/icons.ts'
import { absoluteTag, type Reader, relativeTag } from '../../look/time.ts'
import type { Failure } from '../../state/failure.ts'
import { clip } from '../../text/format.ts'
import { toSafeLink } from '../../text/link.ts'
import type { MessageKey, Say } from '../../text/messages.ts'
import { activity } from './activity.ts'
import { fieldOf, isChoice, isReference, toLabel } from './columns.ts'

/** What is shown of one field, in characters. A browser needs seconds to lay out a mebibyte; Copy JSON gives all of it. */
const TITLE_LENGTH = 500
const FACT_LENGTH = 4_000
const PROSE_LENGTH = 100_000

export const tabs = ['details', 'activity', 'raw'] as const

export type Tab = (typeof tabs)[number]

export type Copyable = 'number' | 'link' | 'raw'

export interface DetailsView {
  incident: IncidentView
  /** The full view, once it is here. */
  full: IncidentDetailView | null
  failure: Failure | null
  tab: Tab
  /** What was copied a moment ago. */
  copied: Copyable | null
  position: number
  count: number
  hasPrevious: boolean
  hasNext: boolean
  instance: string | null
  /** False where the page is not secure: a copy button that cannot copy is not shown. */
  canCopy: boolean
  reader: Reader
  say: Say
  countText(value: number): string
  onTab(tab: Tab): void
  onStep(by: -1 | 1): void
  onCopy(what: Copyable, text: string): void
  onRetry(): void
  onClose(): void
}

export function details(view: DetailsView): TemplateResult {
  const { incident, say, tab } = view
  return html`<article class="details" part="details">
    ${head(view)}
    <div class="tabs" role="tablist" aria-label=${incident.number} @keydown=${(event: KeyboardEvent) => moveTab(event, view)}>
      ${tabs.map(
        (name) => html`<button
          type="button"
          role="tab"
          id=${`tab-${name}`}
          aria-controls="tab-panel"
          aria-selected=${name === tab ? 'true' : 'false'}
          tabindex=${name === tab ? '0' : '-1'}
          @click=${() => view.onTab(name)}
        >
          ${say(name)}
        </button>`,
      )}
    </div>
    <div class="page" id="tab-panel" role="tabpanel" aria-labelledby=${`tab-${tab}`} tabindex="0">
      ${tab === 'details' ? facts(view) : tab === 'activity' ? activity(view) : raw(view)}
    </div>
  </article>`
}

function head(view: DetailsView): TemplateResult {
  const { incident, say } = view
  return html`<header class="head-bar">
      <span class="ident">${incident.number}</span>
      ${copyButton(view, 'number', incident.number)}
      <span class="grow"></span>
      <span class="place">${say('position', view.countText(view.position), view.countText(view.count))}</span>
      <button type="button" class="button plain square" data-step="-1" aria-label=${say('previous')} title=${say('previous')}
        aria-disabled=${view.hasPrevious ? 'false' : 'true'} @click=${() => view.hasPrevious && view.onStep(-1)}>${icons.chevronUp}</button>
      <button type="button" class="button plain square" data-step="1" aria-label=${say('next')} title=${say('next')}
        aria-disabled=${view.hasNext ? 'false' : 'true'} @click=${() => view.hasNext && view.onStep(1)}>${icons.chevronDown}</button>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')}
        @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="details-title" dir="auto" tabindex="-1" autofocus>${clip(incident.short_description || incident.number, TITLE_LENGTH)}</h2>
      <div class="summary">
        ${priorityChip(incident.priority)} ${stateChip(incident.state)}
        <span class="quiet">${say('fieldUpdatedOn')} ${relativeTag(incident.updated_on, view.reader)}</span>
      </div>
      ${links(view)}
    </div>`
}

function links(view: DetailsView): TemplateResult | typeof nothing {
  const { incident, say } = view
  const link = toSafeLink(incident.open_url, view.instance)
  if (link === null) return nothing
  return html`<div class="actions">
    <a class="button" href=${link} target="_blank" rel="noopener noreferrer"
      >${icons.external}${say('openInServiceNow')}<span class="hidden">${say('opensInNewTab')}</span></a
    >
    ${
      view.canCopy
        ? html`<button type="button" class="button plain" @click=${() => view.onCopy('link', link)}>${view.copied === 'link' ? icons.check : icons.link}${say('copyLink')}</button>`
        : nothing
    }
  </div>`
}

function copyButton(
  view: DetailsView,
  what: 'number' | 'raw',
  text: string,
): TemplateResult | typeof nothing {
  if (!view.canCopy) return nothing
  const label = view.say(what === 'number' ? 'copyNumber' : 'copyRaw')
  return html`<button
    type="button"
    class="button plain square small"
    aria-label=${label}
    title=${label}
    @click=${() => view.onCopy(what, text)}
  >
    ${view.copied === what ? icons.check : icons.copy}
  </button>`
}

function moveTab(event: KeyboardEvent, view: DetailsView): void {
  const list = event.currentTarget
  if (!(list instanceof HTMLElement)) return
  const forward = getComputedStyle(list).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
  const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight'
  const at = tabs.indexOf(view.tab)
  const target: Partial<Record<string, number>> = {
    [forward]: at + 1,
    [backward]: at - 1,
    Home: 0,
    End: tabs.length - 1,
  }
  const to = target[event.key]
  if (to === undefined) return
  event.preventDefault()
  const name = tabs[(to + tabs.length) % tabs.length] ?? view.tab
  view.onTab(name)
  list.querySelector<HTMLElement>(`#tab-${name}`)?.focus()
}

type Row = readonly [key: string, label: MessageKey]

/** `always`: a dash says that it is empty. The others appear when they hold something. */
const always: readonly Row[] = [
  ['caller', 'fieldCaller'],
  ['assigned_to', 'fieldAssignedTo'],
  ['assignment_group', 'fieldAssignmentGroup'],
  ['category', 'fieldCategory'],
]

const whenFilled: readonly Row[] = [
  ['subcategory', 'fieldSubcategory'],
  ['impact', 'fieldImpact'],
  ['urgency', 'fieldUrgency'],
]

const dates: readonly Row[] = [
  ['opened_at', 'fieldOpenedAt'],
  ['updated_on', 'fieldUpdatedOn'],
  ['resolved_at', 'fieldResolvedAt'],
]

const closing: readonly Row[] = [
  ['close_code', 'fieldCloseCode'],
  ['close_notes', 'fieldCloseNotes'],
  ['ticket_id', 'linkedTicket'],
]

function facts(view: DetailsView): TemplateResult {
  const { say } = view
  const incident = view.full ?? view.incident
  const custom = Object.keys(incident.fields ?? {})
    .filter((key) => incident.fields[key] !== '')
    .sort()
  return html`${incident.pending ? html`<p class="pending">${icons.upload}${say('pending')}</p>` : nothing}
    <section class="prose" aria-label=${say('fieldDescription')}>
      ${
        incident.description
          ? html`<p class="description" dir="auto">${clip(incident.description, PROSE_LENGTH)}</p>`
          : html`<p class="quiet">${say('noDescription')}</p>`
      }
    </section>
    <dl class="facts">
      ${[...always, ...whenFilled, ...dates, ...closing].map((row) => fact(row, incident, view))}
    </dl>
    ${
      custom.length > 0
        ? html`<h3 class="group">${say('customFields')}</h3>
            <dl class="facts">${custom.map((key) => pair(toLabel(key), words(fieldOf(incident, key), view)))}</dl>`
        : nothing
    }`
}

function fact([key, label]: Row, incident: IncidentView, view: DetailsView): TemplateResult | typeof nothing {
  const shown = words(
    fieldOf(incident, key),
    view,
    dates.some(([date]) => date === key),
  )
  if (shown === null && !always.some(([one]) => one === key)) return nothing
  return pair(view.say(label), shown)
}

function pair(label: string, shown: string | TemplateResult | null): TemplateResult {
  return html`<div><dt>${label}</dt><dd dir="auto">${shown ?? html`<span class="quiet">–</span>`}</dd></div>`
}

function words(value: unknown, view: DetailsView, date = false): string | TemplateResult | null {
  if (value === null || value === undefined || value === '') return null
  if (date && typeof value === 'string') return absoluteTag(value, view.reader)
  if (isChoice(value)) return clip(value.label || value.value, FACT_LENGTH) || null
  if (isReference(value)) return clip(value.name ?? view.say('nameHidden'), FACT_LENGTH)
  return clip(String(value), FACT_LENGTH)
}

function raw(view: DetailsView): TemplateResult {
  const text = JSON.stringify(view.full ?? view.incident, null, 2)
  return html`<div class="raw">${copyButton(view, 'raw', text)}<pre dir="ltr">${clip(text, PROSE_LENGTH)}</pre></div>`
}
