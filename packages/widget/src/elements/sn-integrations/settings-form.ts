/** The dialog that adds or edits an integration: fields by the way of signing in, faults of the server at their fields. */
import type { AuthType, IntegrationView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import type { Reader } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import type { Failure } from '../../state/failure.ts'
import {
  authTypes,
  type Faults,
  type FormField,
  grantTypes,
  isKept,
  readingFields,
  shownValue,
  signInFields,
} from '../../state/integration-form.ts'
import { clip } from '../../text/format.ts'
import type { MessageKey, Messages, Say } from '../../text/messages.ts'
import { scheduleWords } from '../../text/schedule-words.ts'
import { authWords } from './row.ts'

/** A fault is read, not an essay. */
const TEXT_LENGTH = 500

export interface SettingsView {
  /** Null for a new one. */
  integration: IntegrationView | null
  authType: AuthType
  /** What stands in the schedule field now, for its words. */
  schedule: string
  faults: Faults
  failure: Failure | null
  busy: boolean
  reader: Reader
  say: Say
  onAuthType(authType: AuthType): void
  onSchedule(cron: string): void
  onSubmit(form: FormData): void
  onClose(): void
}

type PlainKey = { [K in MessageKey]: Messages[K] extends string ? K : never }[MessageKey]

const labels: Readonly<Record<string, readonly [label: PlainKey, help?: PlainKey]>> = {
  url: ['fieldUrl', 'helpUrl'],
  username: ['fieldUsername'],
  password: ['fieldPassword'],
  api_token: ['fieldApiToken'],
  email: ['fieldEmail', 'helpEmail'],
  client_id: ['fieldClientId'],
  client_secret: ['fieldClientSecret'],
  token_url: ['fieldTokenUrl', 'helpTokenUrl'],
  grant_type: ['fieldGrantType'],
  refresh_token: ['fieldRefreshToken'],
  access_token: ['fieldAccessToken'],
  schedule: ['fieldSchedule', 'helpSchedule'],
  table: ['fieldTable', 'helpTable'],
  query: ['fieldQuery', 'helpQuery'],
  fields: ['fieldFields', 'helpFields'],
  batchSize: ['fieldBatchSize', 'helpBatchSize'],
  lastSynced: ['fieldStartDate', 'helpStartDate'],
}

/** Every name the form can have: faults at others are told above it. */
export const fieldNames: readonly string[] = [
  'service_name',
  'auth_type',
  'is_active',
  ...Object.keys(labels),
]

export function settingsForm(view: SettingsView): TemplateResult {
  const { integration, busy, say } = view
  const isNew = integration === null
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement && !busy)
      view.onSubmit(new FormData(event.currentTarget))
  }
  return html`<form class="details" part="details" novalidate @submit=${submit}>
    <header class="head-bar">
      <span class="grow"></span>
      <button type="button" class="button plain square close" aria-label=${say('close')} title=${say('close')} @click=${() => view.onClose()}>${icons.cross}</button>
    </header>
    <div class="title">
      <h2 id="dialog-title" tabindex="-1" autofocus dir="auto">${isNew ? say('formNew') : say('formEdit', clip(integration.service_name, TEXT_LENGTH))}</h2>
      <p class="quiet">${say('formText')}</p>
    </div>
    <div class="page">${faultStrip(view)} ${service(view)} ${signIn(view)} ${reading(view)}</div>
    <footer class="foot">
      <button type="button" class="button" @click=${() => view.onClose()}>${say('abandon')}</button>
      ${workButton({
        act: 'save',
        label: say(isNew ? 'formCreate' : 'formSave'),
        busyLabel: say('formSaving'),
        busy,
        primary: true,
        submits: true,
      })}
    </footer>
  </form>`
}

/** Faults at their fields need only a pointer here; everything else is told in full. */
function faultStrip({ faults, failure, say }: SettingsView): TemplateResult | typeof nothing {
  if (failure === null) return nothing
  if (faults.byField.size === 0 && faults.others.length === 0) return refusal(failure, say('didNotWork'), say)
  return html`<div class="strip" data-kind="failed" role="alert">
    ${icons.warning}
    <div>
      <strong>${say('formFaults')}</strong>
      ${faults.byField.size === 0 ? nothing : html`<p>${[...faults.byField.keys()].map((name) => label(name, say)).join(', ')}</p>`}
      ${faults.others.map((fault) => html`<p dir="auto">${clip(fault, TEXT_LENGTH)}</p>`)}
      ${failure.hint === null ? nothing : html`<p class="hint">${failure.hint}</p>`}
    </div>
  </div>`
}

function label(name: string, say: Say): string {
  const key = name === 'service_name' ? 'formService' : labels[name]?.[0]
  return key === undefined ? name : say(key)
}

function service(view: SettingsView): TemplateResult {
  const { integration, say } = view
  return html`<fieldset>
    ${input(view, { name: 'service_name', kind: 'text', required: true }, integration?.service_name ?? 'ServiceNow')}
    ${input(view, { name: 'url', kind: 'url', required: true })}
    <div class="field wide check">
      <input type="checkbox" id="field-is_active" name="is_active" .defaultChecked=${integration?.is_active ?? false} aria-describedby="help-is_active" />
      <div>
        <label for="field-is_active">${say('formActive')}</label>
        <p id="help-is_active" class="quiet">${say('formActiveText')}</p>
      </div>
    </div>
  </fieldset>`
}

function signIn(view: SettingsView): TemplateResult {
  const { integration, authType, say } = view
  const moved = integration !== null && integration.auth_type !== authType
  return html`<fieldset>
    <legend>${say('formSignIn')}</legend>
    <div class="ways">
      ${authTypes.map(
        (one) => html`<label class="way"
          ><input type="radio" name="auth_type" value=${one} .checked=${one === authType} @change=${() => view.onAuthType(one)} /><span
            >${say(authWords[one])}</span
          ></label
        >`,
      )}
    </div>
    ${moved ? html`<p class="quiet wide">${say('authChanges')}</p>` : nothing}
    ${signInFields(authType).map((field) => input(view, field))}
  </fieldset>`
}

function reading(view: SettingsView): TemplateResult {
  const { integration, say, faults } = view
  const fields = readingFields(integration === null)
  const filled = fields.some(
    (field) => shownValue(integration, field) !== '' || faults.byField.has(field.name),
  )
  return html`<details class="more" ?open=${filled}>
    <summary>${say('formReading')}</summary>
    <fieldset>${fields.map((field) => input(view, field))}</fieldset>
  </details>`
}

/** `defaultValue`, so that a new drawing does not overwrite what somebody is typing. */
function input(
  view: SettingsView,
  field: FormField,
  value = shownValue(view.integration, field),
): TemplateResult {
  const { say, faults } = view
  const { name, kind } = field
  const fault = faults.byField.get(name)
  const described = [fault === undefined ? '' : `fault-${name}`, `help-${name}`].join(' ').trim()
  const kept = isKept(view.integration, view.authType, name)
  return html`<div class=${name === 'url' || name === 'query' || name === 'schedule' || name === 'fields' ? 'field wide' : 'field'}>
    <label for=${`field-${name}`}>${label(name, say)}${field.required ? nothing : html` <span class="quiet">${say('optional')}</span>`}</label>
    ${
      kind === 'choice'
        ? grantSelect(value, say)
        : html`<input
            id=${`field-${name}`}
            name=${name}
            type=${kind === 'secret' ? 'password' : kind === 'date' ? 'date' : 'text'}
            inputmode=${kind === 'number' ? 'numeric' : kind === 'url' ? 'url' : nothing}
            dir=${name === 'service_name' ? 'auto' : 'ltr'}
            autocomplete=${kind === 'secret' ? 'new-password' : 'off'}
            spellcheck="false"
            maxlength="4000"
            aria-required=${field.required && !kept ? 'true' : 'false'}
            aria-invalid=${fault === undefined ? 'false' : 'true'}
            aria-describedby=${described}
            .defaultValue=${value}
            @input=${name === 'schedule' ? (event: InputEvent) => onSchedule(event, view) : nothing}
          />`
    }
    ${fault === undefined ? nothing : html`<p id=${`fault-${name}`} class="fault" dir="auto">${icons.warning}${clip(fault, TEXT_LENGTH)}</p>`}
    <p id=${`help-${name}`} class="quiet">${help(view, field, kept)}</p>
  </div>`
}

function help(
  { say, schedule, reader }: SettingsView,
  { name }: FormField,
  kept: boolean,
): TemplateResult | string {
  if (kept) return say('secretKept')
  const key = labels[name]?.[1]
  const text = key === undefined ? '' : say(key)
  const words = name === 'schedule' ? scheduleWords(schedule, say, reader.locale) : null
  return words === null ? text : html`<span class="words-now">${words}.</span> ${text}`
}

function onSchedule(event: InputEvent, view: SettingsView): void {
  if (event.target instanceof HTMLInputElement) view.onSchedule(event.target.value)
}

function grantSelect(value: string, say: Say): TemplateResult {
  return html`<select id="field-grant_type" name="grant_type" aria-describedby="help-grant_type">
    <option value="" .defaultSelected=${value === ''}>${say('grantAuto')}</option>
    ${grantTypes.map((grant) => html`<option value=${grant} .defaultSelected=${grant === value}>${grant}</option>`)}
  </select>`
}
