/** The dialog before sending: the exact fields as a form, what is missing first, or the text of a work note. */
import type { MappingNote } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import { workButton } from '../../look/work-button.ts'
import type { FieldGroup, PreviewField } from '../../state/ticket.ts'
import type { Say } from '../../text/messages.ts'
import { fieldLabel } from '../sn-incidents/columns.ts'
import type { SendingView } from './view.ts'

/** A longer text gets more than one line to be read in. */
const ONE_LINE = 90

const words = {
  create: { title: 'createTitle', send: 'createIncident', busy: 'creating' },
  sync: { title: 'syncTitle', send: 'syncStatus', busy: 'syncing' },
  note: { title: 'noteTitle', send: 'noteTitle', busy: 'sending' },
} as const

export function sendingForm(view: SendingView): TemplateResult {
  const { sending, preview, failure, busy, say } = view
  const { title, send, busy: busyWord } = words[sending]
  const ready = sending === 'note' || preview !== null
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement && !busy)
      view.onSubmit(new FormData(event.currentTarget))
  }
  return html`<form class="details" part="details" @submit=${submit}>
    <header class="head-bar">
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="sending-title" tabindex="-1" autofocus>${say(title)}</h2>
      <p class="quiet">${intro(view)}</p>
    </div>
    <div class="page">
      ${failure === null ? nothing : refusal(failure, say('notSent'), say)} ${body(view, ready)}
    </div>
    <footer class="foot">
      <button type="button" class="button" @click=${() => view.onClose()}>${say('cancel')}</button>
      ${
        ready
          ? workButton({
              act: 'send',
              label: say(send),
              busyLabel: say(busyWord),
              busy,
              primary: true,
              submits: true,
            })
          : failure === null
            ? nothing
            : html`<button type="button" class="button" data-act="prepare" @click=${() => view.onRetry()}>${icons.refresh}${say('retry')}</button>`
      }
    </footer>
  </form>`
}

function intro({ sending, link, say }: SendingView): string {
  if (sending === 'note') return say('noteText', link.ticket.sn_number ?? '')
  return say(sending === 'create' ? 'createText' : 'syncText')
}

function body(view: SendingView, ready: boolean): TemplateResult | typeof nothing {
  const { sending, link, preview, fields, failure, say } = view
  if (sending === 'note') {
    return area('text', say('noteLabel'), link.ticket.ai_suggestions ?? '', true, nothing)
  }
  if (!ready) {
    if (failure !== null) return nothing
    return html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>
      <p class="hidden">${say('previewLoading')}</p>`
  }
  const group = (name: FieldGroup) => fields.filter((field) => field.group === name)
  return html`${fieldset('fieldsMissing', group('missing'), say)}
  ${notes('fieldsWarn', preview?.warnings ?? [], say)}
  ${sending === 'create' ? html`${fieldset('fieldsMain', group('main'), say)} ${fieldset('fieldsMore', group('more'), say)} ${sentWith(group('fixed'), say)}` : nothing}
  ${sending === 'create' ? notes('fieldsUnmapped', preview?.unmapped ?? [], say) : nothing}`
}

type Legend = 'fieldsMissing' | 'fieldsMain' | 'fieldsMore'

function fieldset(legend: Legend, fields: readonly PreviewField[], say: Say) {
  if (fields.length === 0) return nothing
  return html`<fieldset data-group=${legend}>
    <legend>${say(legend)}</legend>
    ${fields.map((field) => input(field, say))}
  </fieldset>`
}

function input({ name, value, group, why }: PreviewField, say: Say): TemplateResult {
  const label = fieldLabel(name, say)
  const long =
    name === 'close_notes' || name === 'description' || value.length > ONE_LINE || value.includes('\n')
  const help = why === null ? nothing : html`<p id=${`why-${name}`} class="quiet">${why}</p>`
  const required = group === 'missing'
  if (long) return area(name, label, value, required, help)
  return html`<div class="field">
    <label for=${`field-${name}`}>${label}</label>
    <input id=${`field-${name}`} name=${name} .defaultValue=${value} ?required=${required} dir="auto" autocomplete="off"
      aria-describedby=${why === null ? nothing : `why-${name}`} />
    ${help}
  </div>`
}

/** `defaultValue`, so that a new drawing does not overwrite what somebody is typing. */
function area(
  name: string,
  label: string,
  value: string,
  required: boolean,
  help: TemplateResult | typeof nothing,
): TemplateResult {
  const rows = Math.min(12, Math.max(3, value.split('\n').length + Math.floor(value.length / ONE_LINE)))
  return html`<div class="field wide">
    <label for=${`field-${name}`}>${label}</label>
    <textarea id=${`field-${name}`} name=${name} rows=${rows} dir="auto" ?required=${required} .defaultValue=${value}
      aria-describedby=${help === nothing ? nothing : `why-${name}`}></textarea>
    ${help}
  </div>`
}

function sentWith(fields: readonly PreviewField[], say: Say) {
  if (fields.length === 0) return nothing
  return html`<section class="aside">
    <h3>${say('fieldsFixed')}</h3>
    <dl>${fields.map(({ name, value }) => html`<div><dt>${fieldLabel(name, say)}</dt><dd><code>${value}</code></dd></div>`)}</dl>
  </section>`
}

function notes(title: 'fieldsWarn' | 'fieldsUnmapped', list: readonly MappingNote[], say: Say) {
  if (list.length === 0) return nothing
  return html`<section class="aside" data-kind=${title}>
    <h3>${say(title)}</h3>
    <ul>${list.map(({ field, message }) => html`<li><strong>${fieldLabel(field, say)}</strong> ${message}</li>`)}</ul>
  </section>`
}
