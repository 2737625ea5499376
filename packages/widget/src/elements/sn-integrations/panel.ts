/** The inside of `<sn-integrations>`: the list, its dialogs, and which press does what. */
import type { AuthType, IntegrationView, RunView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Page } from '../../api/page.ts'
import { downPanel } from '../../look/down-panel.ts'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import { faultsIn, toChangeBody, toCreateBody, toFaults } from '../../state/integration-form.ts'
import { adminEnglish } from '../../text/admin-messages.ts'
import { clip } from '../../text/format.ts'
import { addEnglish } from '../../text/messages.ts'
import type { Inside, Loaded, Place } from '../late-element.ts'
import { PagesController } from '../pages-controller.ts'
import { syncDialog } from '../sync-dialog.ts'
import { history } from './history.ts'
import { styles } from './integrations.styles.ts'
import { type Action, IntegrationsController } from './integrations-controller.ts'
import { removeQuestion } from './remove-question.ts'
import { type RowAct, row } from './row.ts'
import { endWords } from './run-bar.ts'
import { RunsController } from './runs-controller.ts'
import { fieldNames, settingsForm } from './settings-form.ts'

const RUNS_PER_PAGE = 10
const NAME_LENGTH = 200

/** Which dialog is open; the empty id is a new integration. */
interface Open {
  kind: 'settings' | 'history' | 'remove'
  id: string
}

export function openIntegrations(place: Place): Loaded {
  addEnglish(adminEnglish)
  return { inside: new IntegrationsPanel(place), styles }
}

class IntegrationsPanel implements Inside {
  private readonly place: Place
  private readonly control: IntegrationsController
  private readonly runs: RunsController
  private readonly past: PagesController<RunView, Page<RunView>>
  private open: Open | null = null
  private authType: AuthType = 'basic_auth'
  private schedule = ''

  constructor(place: Place) {
    this.place = place
    const { host, say } = place
    this.runs = new RunsController(host, (id, { end }) => {
      const name = clip(this.find(id)?.service_name ?? '', NAME_LENGTH)
      if (end !== null) this.control.tell(say('announceRun', name, endWords(end, place.reader(), say)))
      void this.control.read()
    })
    this.control = new IntegrationsController(host, (list, signal) => {
      const { client } = this.control
      if (client !== null) void this.runs.attach(client, list, signal)
    })
    this.past = new PagesController(host)
  }

  hostConnected(): void {
    this.control.connect()
  }

  hostDisconnected(): void {
    this.control.disconnect()
    this.runs.stop()
    this.past.close()
    this.open = null
  }

  hostUpdated(): void {
    syncDialog(this.place.host.renderRoot, this.open !== null)
  }

  async start(): Promise<void> {
    this.runs.stop()
    await this.control.start(this.place.options())
  }

  private find(id: string): IntegrationView | undefined {
    return this.control.list?.find((one) => one.id === id)
  }

  private show(kind: Open['kind'], id: string): void {
    const integration = this.find(id)
    this.control.refused = null
    this.open = { kind, id }
    this.authType = integration?.auth_type ?? 'basic_auth'
    this.schedule = String(integration?.config.schedule ?? '')
    const { client } = this.control
    if (kind === 'history' && client !== null) {
      void this.past.open((cursor, signal) => client.runs(id, RUNS_PER_PAGE, cursor, signal))
    }
    this.place.host.requestUpdate()
  }

  private close(): void {
    if (this.open === null) return
    this.open = null
    this.control.refused = null
    this.past.close()
    this.place.host.requestUpdate()
  }

  private async press(id: string, what: RowAct): Promise<void> {
    const integration = this.find(id)
    if (integration === undefined) return
    const { control, runs } = this
    if (what === 'edit') this.show('settings', id)
    else if (what === 'history') this.show('history', id)
    else if (what === 'delete') this.show('remove', id)
    else if (what === 'dismiss') runs.dismiss(id)
    else if (what === 'forget-test') control.checks.delete(id)
    else await this.act(integration, what)
    this.place.host.requestUpdate()
  }

  private async act(
    { id, service_name, is_active: active }: IntegrationView,
    what: Exclude<Action, 'save' | 'delete'>,
  ): Promise<void> {
    const { control, runs } = this
    const { say } = this.place
    const name = clip(service_name, NAME_LENGTH)
    await control.act(id, what, async (client) => {
      switch (what) {
        case 'active':
          await client.change(id, { is_active: !active })
          return say(active ? 'turnedOff' : 'turnedOn', name)
        case 'sync':
        case 'confirm':
          await runs.begin(client, id, what === 'confirm')
          return say('announceRun', name, say('runStarting'))
        case 'cancel':
          await runs.cancel(client, id)
          return say('announceRun', name, say('runCancelling'))
        case 'pause':
        case 'resume':
          await client.setPaused(id, what === 'pause')
          return say(what === 'pause' ? 'paused' : 'resumed', name)
        case 'test': {
          control.checks.delete(id)
          const checks = await client.test(id)
          if (checks === null) control.canTest = false
          else control.checks.set(id, checks)
          const fine = checks?.every(({ status }) => status !== 'fail')
          return checks === null ? '' : say('announceRun', name, say(fine ? 'testFine' : 'testNotFine'))
        }
      }
    })
  }

  private async save(integration: IntegrationView | null, form: FormData): Promise<void> {
    const { say } = this.place
    const typed = new Map([...form].map(([name, value]) => [name, String(value)]))
    const saved = await this.control.act(integration?.id ?? '', 'save', async (client) => {
      if (integration === null) return say('created', (await client.create(toCreateBody(typed))).service_name)
      const body = toChangeBody(integration, typed)
      if (Object.keys(body).length > 0) await client.change(integration.id, body)
      return say('saved', typed.get('service_name') ?? '')
    })
    if (saved) return this.close()
    await this.place.host.updateComplete
    this.focus('dialog [aria-invalid=true]')
  }

  private async remove({ id, service_name: name }: IntegrationView): Promise<void> {
    const gone = await this.control.act(id, 'delete', async (client) => {
      await client.remove(id)
      return this.place.say('removed', name)
    })
    if (!gone) return
    this.runs.dismiss(id)
    this.close()
    await this.place.host.updateComplete
    this.focus('[data-act=add]')
  }

  private focus(selector: string): void {
    this.place.host.renderRoot.querySelector<HTMLElement>(selector)?.focus()
  }

  render(): TemplateResult {
    const { say } = this.place
    const { list, busy, told } = this.control
    const question = this.open?.kind === 'remove'
    return html`<div class="root">
        <section class="card" aria-label=${say('integrationsHeading')} aria-busy=${busy !== null || list === null ? 'true' : 'false'}>
          ${this.header()} ${this.body()}
          <p role="status" class="hidden">${told}</p>
        </section>
      </div>
      <dialog
        class=${question ? 'question' : ''}
        aria-labelledby="dialog-title"
        @close=${() => this.close()}
        @click=${(event: MouseEvent) => event.target === event.currentTarget && this.open?.kind !== 'settings' && this.close()}
      >
        ${this.open === null ? nothing : this.dialog(this.open)}
      </dialog>`
  }

  private header(): TemplateResult {
    const { say } = this.place
    const mayAdd = this.control.list !== null && this.control.may('integration.create')
    return html`<header class="header" part="header">
      <div class="headline"><h2><slot name="heading">${say('integrationsHeading')}</slot></h2></div>
      ${
        mayAdd
          ? html`<button type="button" class="button primary" data-act="add" @click=${() => this.show('settings', '')}>${say('addIntegration')}</button>`
          : nothing
      }
    </header>`
  }

  private body(): TemplateResult {
    const { say } = this.place
    const { list, failure } = this.control
    if (list === null) {
      if (failure !== null)
        return downPanel({ failure, title: say('integrationsDown'), say, onRetry: () => void this.start() })
      return html`<div class="rows-waiting"><div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div><p class="hidden">${say('integrationsLoading')}</p></div>`
    }
    const stale =
      failure === null
        ? nothing
        : html`<div class="stale">${refusal(failure, say('refreshedFailed'), say)}</div>`
    if (list.length === 0) return html`${stale}${this.none()}`
    return html`${stale}
      <ul class="rows">${repeat(
        list,
        ({ id }) => id,
        (one) => this.row(one),
      )}</ul>`
  }

  private none(): TemplateResult {
    const { say } = this.place
    return html`<section class="panel" part="panel" data-scene="empty">
      <span class="emblem">${icons.plug}</span>
      <h3>${say('integrationsNone')}</h3>
      <p>${say(this.control.may('integration.create') ? 'integrationsNoneText' : 'integrationsNoneView')}</p>
    </section>`
  }

  private row(integration: IntegrationView): TemplateResult {
    const { id } = integration
    const { control, runs } = this
    const mine = control.busy?.id === id
    const refused = this.open === null && control.refused?.id === id ? control.refused.failure : null
    return row({
      integration,
      run: runs.of(id),
      starting: runs.isStarting(id),
      busy: mine ? (control.busy?.action ?? null) : null,
      off: control.busy !== null && !mine,
      refused,
      checks: control.checks.get(id) ?? null,
      may: (permission) => control.may(permission),
      canTest: control.canTest,
      reader: this.place.reader(),
      say: this.place.say,
      on: (what) => void this.press(id, what),
    })
  }

  private dialog({ kind, id }: Open): TemplateResult | typeof nothing {
    const { say } = this.place
    const integration = this.find(id) ?? null
    const { busy, refused, client } = this.control
    const failure = refused?.id === id ? refused.failure : null
    const onClose = () => this.close()
    if (kind === 'settings') return this.settings(integration)
    if (integration === null || client === null) return nothing
    const name = integration.service_name
    if (kind === 'remove') {
      const onRemove = () => void this.remove(integration)
      return removeQuestion({ name, busy: busy !== null, failure, say, onRemove, onClose })
    }
    const { items, hasMore, loading } = this.past
    return history({
      name,
      runs: items,
      hasMore,
      loading,
      failure: this.past.failure,
      reader: this.place.reader(),
      say,
      onMore: () => void this.past.load(),
      onRetry: () => void this.past.load(),
      onClose,
    })
  }

  private settings(integration: IntegrationView | null): TemplateResult {
    const { busy, refused } = this.control
    const mine = refused !== null && refused.id === (integration?.id ?? '') ? refused : null
    const redraw = () => this.place.host.requestUpdate()
    return settingsForm({
      integration,
      authType: this.authType,
      schedule: this.schedule,
      faults: toFaults(faultsIn(mine?.problem), fieldNames),
      failure: mine?.failure ?? null,
      busy: busy?.action === 'save',
      reader: this.place.reader(),
      say: this.place.say,
      onAuthType: (authType) => {
        this.authType = authType
        redraw()
      },
      onSchedule: (cron) => {
        this.schedule = cron
        redraw()
      },
      onSubmit: (form) => void this.save(integration, form),
      onClose: () => this.close(),
    })
  }
}
