/** One integration: what it is, how its last sync went, when the next one comes, and what can be done with it. */
import type { AuthType, HealthCheck, IntegrationView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons, toneIcons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import { type Reader, relativeTag } from '../../look/time.ts'
import { workButton } from '../../look/work-button.ts'
import type { Failure } from '../../state/failure.ts'
import { isUnderWay, type SyncRunState } from '../../state/sync-run.ts'
import { clip, hostOf } from '../../text/format.ts'
import type { Say } from '../../text/messages.ts'
import { scheduleWords } from '../../text/schedule-words.ts'
import type { Action } from './integrations-controller.ts'
import { runBar } from './run-bar.ts'

/** A name or an error of a mebibyte must not break the page. */
const TEXT_LENGTH = 500

export interface RowView {
  integration: IntegrationView
  run: SyncRunState
  starting: boolean
  /** What is under way for this row. */
  busy: Action | null
  /** Something is under way for another one. */
  off: boolean
  refused: Failure | null
  checks: readonly HealthCheck[] | null
  may(permission: string): boolean
  canTest: boolean
  reader: Reader
  say: Say
  on(what: RowAct): void
}

export type RowAct =
  | 'active'
  | 'sync'
  | 'confirm'
  | 'cancel'
  | 'dismiss'
  | 'test'
  | 'forget-test'
  | 'edit'
  | 'history'
  | 'delete'
  | 'pause'
  | 'resume'

export const authWords = {
  basic_auth: 'authBasic',
  api_token: 'authToken',
  oauth2: 'authOauth',
} as const satisfies Record<AuthType, string>

export function row(view: RowView): TemplateResult {
  const { integration, say, refused } = view
  const name = clip(integration.service_name, TEXT_LENGTH)
  return html`<li class="row" data-id=${integration.id}>
    <article aria-label=${say('integrationAbout', name)}>
      <div class="row-head">
        <h3 dir="auto">${name}</h3>
        ${activeSwitch(view, name)}
        <div class="row-acts">${actions(view)}</div>
      </div>
      <p class="row-sub quiet">
        <span dir="ltr">${clip(hostOf(String(integration.config.url ?? '')), TEXT_LENGTH)}</span>
        <span>${say(authWords[integration.auth_type] ?? 'authBasic')}</span>
      </p>
      <dl class="row-facts">
        <div><dt>${say('lastSyncAt')}</dt><dd>${lastSync(view)}</dd></div>
        ${integration.connector_type === 'servicenow' ? html`<div><dt>${say('schedule')}</dt><dd>${schedule(view)}</dd></div>` : nothing}
      </dl>
      ${paused(view)} ${runBar({ name, run: view.run, maySync: view.may('integration.sync'), reader: view.reader, say, onCancel: () => view.on('cancel'), onConfirm: () => view.on('confirm'), onDismiss: () => view.on('dismiss') })}
      ${refused === null ? nothing : refusal(refused, say('didNotWork'), say)} ${tested(view)}
    </article>
  </li>`
}

function activeSwitch(view: RowView, name: string): TemplateResult {
  const { integration, say, busy, off } = view
  const on = integration.is_active
  const words = say(on ? 'active' : 'inactive')
  if (!view.may('integration.edit')) {
    return html`<span class="chip" data-tone=${on ? 'ok' : 'off'}>${on ? toneIcons.ok : toneIcons.off}${words}</span>`
  }
  return html`<button
    type="button"
    class="switch"
    role="switch"
    data-act="active"
    aria-checked=${on ? 'true' : 'false'}
    aria-label=${say('setActive', name)}
    aria-disabled=${busy !== null || off ? 'true' : 'false'}
    @click=${() => view.on('active')}
  >
    <span class="track"><span class="thumb"></span></span><span aria-hidden="true">${words}</span>
  </button>`
}

function actions(view: RowView): TemplateResult {
  const { integration, say, busy, off, run } = view
  const ours = integration.connector_type === 'servicenow'
  const plain = (act: RowAct, label: string) =>
    html`<button type="button" class="button plain" data-act=${act} @click=${() => view.on(act)}>${label}</button>`
  return html`${
    ours && view.may('integration.sync') && !isUnderWay(run)
      ? workButton({
          act: 'sync',
          label: say('syncNow'),
          busyLabel: say('startingSync'),
          busy: view.starting,
          off,
          icon: icons.refresh,
          onPress: () => view.on('sync'),
        })
      : nothing
  }
    ${
      ours && view.canTest && view.may('integration.edit')
        ? workButton({
            act: 'test',
            label: say('testNow'),
            busyLabel: say('testing'),
            busy: busy === 'test',
            off,
            plain: true,
            onPress: () => view.on('test'),
          })
        : nothing
    }
    ${ours ? plain('history', say('history')) : nothing}
    ${view.may('integration.edit') ? plain('edit', say('edit')) : nothing}
    ${view.may('integration.delete') ? plain('delete', say('remove')) : nothing}`
}

function lastSync({ integration, reader, run, say }: RowView): TemplateResult | string {
  if (integration.connector_type !== 'servicenow')
    return html`<span class="quiet">${say('otherService')}</span>`
  const { last_synced_at: at, last_sync_status: status, last_sync_error: error } = integration
  const time = at === null ? nothing : relativeTag(at, reader)
  if (isUnderWay(run))
    return html`<span class="chip" data-tone="going">${toneIcons.waiting}${say('syncGoing')}</span> ${time}`
  if (status === 'error') {
    return html`<span class="chip" data-tone="bad">${icons.cross}${say('syncBad')}</span>
      ${at === null ? nothing : html`<span class="quiet">${say('lastGood')} ${time}</span>`}
      ${error === null ? nothing : html`<span class="row-error" dir="auto">${clip(error, TEXT_LENGTH)}</span>`}`
  }
  if (at === null) return html`<span class="chip" data-tone="off">${toneIcons.off}${say('syncNever')}</span>`
  return html`<span class="chip" data-tone="ok">${icons.check}${say('syncGood')}</span> ${time}`
}

function schedule({ integration, reader, say, ...view }: RowView): TemplateResult {
  const cron = String(integration.config.schedule ?? '')
  if (cron === '') return html`<span class="quiet">${say('noSchedule')}</span>`
  const words = scheduleWords(cron, say, reader.locale)
  const idle = integration.is_active ? nothing : html`<span class="quiet">(${say('scheduleIdle')})</span>`
  const mayPause =
    view.may('integration.sync') && integration.schedule_paused === null && integration.is_active
  return html`<span title=${cron}>${words ?? html`<code>${clip(cron, 100)}</code>`}</span> ${idle}
    ${mayPause ? html`<button type="button" class="link" data-act="pause" @click=${() => view.on('pause')}>${say('pause')}</button>` : nothing}`
}

/** A pause is shown even without a schedule: it is what a rollback leaves behind. */
function paused({ integration, reader, say, ...view }: RowView): TemplateResult | typeof nothing {
  const pause = integration.schedule_paused
  if (pause === null) return nothing
  return html`<div class="strip" data-kind="paused">
    ${icons.clock}
    <div>
      <strong>${say('schedulePaused')}</strong> ${relativeTag(pause.since, reader)} <span class="quiet" dir="auto">${say('pausedBy', clip(pause.by, TEXT_LENGTH))}</span>
      <p dir="auto">${clip(pause.reason, TEXT_LENGTH)}</p>
    </div>
    ${
      view.may('integration.sync')
        ? workButton({
            act: 'resume',
            label: say('resume'),
            busyLabel: say('resuming'),
            busy: view.busy === 'resume',
            off: view.off,
            onPress: () => view.on('resume'),
          })
        : nothing
    }
  </div>`
}

const checkIcons = { ok: icons.check, warn: icons.warning, fail: icons.cross } as const

function tested({ checks, say, ...view }: RowView): TemplateResult | typeof nothing {
  if (checks === null) return nothing
  const fine = checks.every(({ status }) => status !== 'fail')
  return html`<div class="strip" data-kind=${fine ? 'done' : 'failed'} data-tested>
    ${fine ? icons.check : icons.warning}
    <div>
      <strong>${say(fine ? 'testFine' : 'testNotFine')}</strong>
      <ul class="checks">
        ${checks.map(({ status, message, hint }) => html`<li data-status=${status}>${checkIcons[status] ?? icons.warning}<span dir="auto">${clip(message, TEXT_LENGTH)} ${hint === undefined ? nothing : html`<span class="hint">${clip(hint, TEXT_LENGTH)}</span>`}</span></li>`)}
      </ul>
    </div>
    <button type="button" class="button plain square dismiss" aria-label=${say('dismiss')} title=${say('dismiss')} @click=${() => view.on('forget-test')}>${icons.cross}</button>
  </div>`
}
