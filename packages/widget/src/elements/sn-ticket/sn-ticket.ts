/** `<sn-ticket>`: the ServiceNow panel of one ticket's page. The class only; `define.ts` gives it its name. */
import type {
  FieldChange,
  ProblemChoice,
  PushAnswer,
  SyncProblemView,
  TicketLinkView,
} from '@snowline/protocol'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { createTicketClient } from '../../api/ticket-client.ts'
import { icons } from '../../look/icons.ts'
import { reason, refusal } from '../../look/refusal.ts'
import { type LinkState, toOverrides } from '../../state/ticket.ts'
import { addEnglish } from '../../text/messages.ts'
import { ticketEnglish } from '../../text/ticket-messages.ts'
import { whenScriptsRan } from '../page-ready.ts'
import { SnElement } from '../sn-element.ts'
import { fieldLabel } from '../sn-incidents/columns.ts'
import { syncDialog } from '../sync-dialog.ts'
import { linked } from './linked.ts'
import { sendingForm } from './sending.ts'
import { SendingController } from './sending-controller.ts'
import { styles } from './sn-ticket.styles.ts'
import { TicketController } from './ticket-controller.ts'
import { unlinked } from './unlinked.ts'
import type { PanelView } from './view.ts'

/** "5 minutes ago" must not stay true for long. */
const CLOCK_TICK_MS = 30_000

const stateWords = {
  unlinked: 'linkUnlinked',
  ok: 'linkOk',
  pending: 'linkPending',
  waiting: 'linkWaiting',
  failed: 'linkFailed',
} as const satisfies Record<LinkState, string>

const stateIcons = {
  unlinked: icons.plug,
  ok: icons.check,
  pending: icons.clock,
  waiting: icons.warning,
  failed: icons.cross,
} as const

/**
 * Shows whether a ticket has an incident in ServiceNow, that incident's own state beside the ticket's, what waits and
 * what failed; creates, links, unlinks, sends the status and work notes, each after showing what will be sent.
 *
 * Attributes besides those of every element: `ticket-id`. Slots: `heading`, `not-configured`, `signed-out`.
 * Parts: `header`, `chip`, `state`, `priority`, `details`. Methods: `refresh()`.
 * Events: see `SnTicketEvents`, and `sn-error` and `sn-auth-required` as everywhere.
 * Example: `<sn-ticket ticket-id="42" api-base="/api"></sn-ticket>`.
 */
export class SnTicket extends SnElement {
  static override properties: PropertyDeclarations = {
    ticketId: { attribute: 'ticket-id' },
    asking: { state: true },
    spoken: { state: true },
  }
  static override styles: CSSResultGroup = styles

  declare ticketId: string
  declare private asking: 'link' | 'unlink' | null
  /** What the polite voice says when something settled by itself. */
  declare private spoken: string

  private readonly control = new TicketController(this, (link) => this.onSettled(link))
  private readonly sending = new SendingController(this)
  private clockTimer: ReturnType<typeof setInterval> | undefined
  private stopWaiting: (() => void) | null = null
  private started = false

  constructor() {
    super()
    addEnglish(ticketEnglish)
    this.ticketId = ''
    this.asking = null
    this.spoken = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.clockTimer = setInterval(() => {
      if (document.visibilityState === 'visible') this.requestUpdate()
    }, CLOCK_TICK_MS)
    this.stopWaiting = whenScriptsRan(() => void this.start())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.clockTimer)
    this.stopWaiting?.()
    this.started = false
    this.sending.close()
  }

  /** Reads the link anew: for a host that has just changed the ticket. */
  async refresh(): Promise<void> {
    if (this.ticketId !== '')
      await this.control.start(createTicketClient(this.requestOptions()), this.ticketId)
  }

  private async start(): Promise<void> {
    await this.updateComplete
    if (!this.isConnected || this.started) return
    this.started = true
    await this.refresh()
  }

  protected override willUpdate(changed: PropertyValues): void {
    const anew = ['apiBase', 'getToken', 'fetch', 'ticketId'].some((name) => changed.has(name))
    if (anew && this.started) void this.refresh()
  }

  protected override updated(): void {
    syncDialog(this.renderRoot, this.sending.sending !== null)
  }

  private onSettled({ ticket }: TicketLinkView): void {
    const state = this.control.state
    if (state !== null) this.spoken = `${ticket.sn_number ?? ''} ${this.say(stateWords[state])}`.trim()
  }

  private moveFocus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus()
  }

  private async ask(what: 'link' | 'unlink' | null): Promise<void> {
    const before = this.asking
    this.asking = what
    await this.updateComplete
    if (what === 'link') this.moveFocus('#incident')
    else if (what === 'unlink') this.moveFocus('[data-act=keep]')
    else if (before !== null) this.moveFocus(`[data-act=ask-${before}]`)
  }

  private openCreate(): void {
    this.sending.open('create')
    void this.prepare()
  }

  private async prepare(): Promise<void> {
    await this.sending.prepare(createTicketClient(this.requestOptions()), this.ticketId)
  }

  /** A status that the instance takes as it is goes at once; the dialog opens only for what is missing. */
  private async sync(): Promise<void> {
    await this.control.act('sync', async (client, link) => {
      const preview = await client.preview(link.ticket.id)
      if (preview.missing.length > 0) {
        this.sending.open('sync', preview)
        return ''
      }
      return this.tell(await client.sync(link.ticket.sn_sys_id ?? '', link.ticket.id, {}))
    })
  }

  /** How a sent status went, in one honest sentence. */
  private tell(answer: PushAnswer): string {
    if ('pending' in answer) return this.say('sentUnconfirmed')
    if (answer.changed.length === 0) return this.say('syncedNothing')
    const shown = (value: string) => value || this.say('emptyValue')
    const words = ({ field, from, to }: FieldChange) =>
      `${fieldLabel(field, this.say)}: ${shown(from)} → ${shown(to)}`
    return this.say('synced', answer.changed.map(words).join(', '))
  }

  /** The dialog stays with everything typed when it did not work, and closes when it did. */
  private async submit(form: FormData): Promise<void> {
    const { sending, fields } = this.sending
    if (sending === null) return
    this.sending.refuse(null)
    const typed = new Map([...form].map(([name, value]) => [name, String(value)]))
    const worked = await this.control.act(sending, async (client, { ticket }) => {
      const sysId = ticket.sn_sys_id ?? ''
      if (sending === 'create') {
        const answer = await client.create(ticket.id, toOverrides(fields, typed))
        if ('pending' in answer) return this.say('sentUnconfirmed')
        return this.say(answer.created ? 'createdNow' : 'createdBefore', answer.incident.number)
      }
      if (sending === 'sync')
        return this.tell(await client.sync(sysId, ticket.id, toOverrides(fields, typed)))
      const answer = await client.note(sysId, ticket.id, typed.get('text') ?? '')
      return this.say('pending' in answer ? 'sentUnconfirmed' : 'notedNow')
    })
    if (worked) this.sending.close()
    else this.sending.refuse(this.control.refused)
  }

  private async linkTo(incident: string): Promise<void> {
    const worked = await this.control.act('link', async (client, { ticket }) => {
      await client.linkTo(ticket.id, incident)
      return this.say('linkedNow', incident)
    })
    if (worked) this.asking = null
  }

  private async unlink(): Promise<void> {
    const worked = await this.control.act('unlink', async (client, { ticket }) => {
      await client.unlink(ticket.id)
      return this.say('unlinkedNow', ticket.sn_number ?? '')
    })
    if (!worked) return
    this.asking = null
    await this.updateComplete
    this.moveFocus('[data-act=create]')
  }

  private async retry(): Promise<void> {
    await this.control.act('retry', async (client, { ticket }) => {
      await client.retry(ticket.id)
      return this.say('retriedNow')
    })
  }

  private async resolve(problem: SyncProblemView, choice: ProblemChoice): Promise<void> {
    await this.control.act('resolve', async (client) => {
      await client.resolve(problem.id, choice)
      return this.say('resolvedNow')
    })
  }

  protected override render(): TemplateResult {
    return html`<div class="root">
        <section class="card" aria-label=${this.say('ticketHeading')} aria-busy=${this.control.busy === null ? 'false' : 'true'}>
          ${this.header()} ${this.body()}
        </section>
      </div>
      <dialog
        aria-labelledby="sending-title"
        @close=${() => this.sending.close()}
        @click=${(event: MouseEvent) => event.target === event.currentTarget && this.sending.close()}
      >
        ${this.sending.sending === null ? nothing : this.dialog()}
      </dialog>`
  }

  private header(): TemplateResult {
    const { state } = this.control
    return html`<header class="header" part="header">
      <div class="headline"><h2><slot name="heading">${this.say('ticketHeading')}</slot></h2></div>
      ${
        state === null
          ? nothing
          : html`<span class="link-state" data-state=${state} part="chip">${stateIcons[state]}${this.say(stateWords[state])}</span>`
      }
    </header>`
  }

  private body(): TemplateResult {
    const { link, failure } = this.control
    if (failure !== null) {
      const signedOut = failure.kind === 'signed_out'
      return html`<div class="inside" data-scene=${failure.kind}>
        <div class="strip" data-kind="failed" role="alert">
          ${icons.warning}
          <div>
            <strong>${this.say(signedOut ? 'signedOutTitle' : 'ticketDown')}</strong>
            <p>${signedOut ? this.say('signedOutText') : reason(failure, this.say)}</p>
          </div>
        </div>
        <div class="acts">
          <button type="button" class="button" data-act="reload" @click=${() => void this.refresh()}>${icons.refresh}${this.say('retry')}</button>
          ${signedOut ? html`<slot name="signed-out"></slot>` : nothing}
        </div>
      </div>`
    }
    if (link === null) {
      return html`<div class="inside"><div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div><p class="hidden">${this.say('ticketLoading')}</p></div>`
    }
    const view = this.view(link, this.control.state ?? 'unlinked')
    return html`${link.ticket.sn_sys_id === null ? unlinked(view) : linked(view)} ${this.outcome()}`
  }

  /** How the last action went: politely when it worked, as an alert when it did not. */
  private outcome(): TemplateResult {
    const { refused, told } = this.control
    const inDialog = this.sending.sending !== null
    return html`<div class="outcome">
      <p role="status" class=${told === '' ? 'hidden' : 'told'}>${told === '' ? this.spoken : told}</p>
      ${refused === null || inDialog ? nothing : refusal(refused, this.say('notSent'), this.say)}
    </div>`
  }

  private view(link: TicketLinkView, state: LinkState): PanelView {
    const { problems, busy, mayPush, health } = this.control
    return {
      link,
      state,
      problems,
      busy,
      asking: this.asking,
      mayPush,
      configured: health?.status !== 'not_configured',
      instance: health?.instance ?? null,
      reader: this.reader(),
      say: this.say,
      onCreate: () => this.openCreate(),
      onSync: () => void this.sync(),
      onNote: () => this.sending.open('note'),
      onAsk: (what) => void this.ask(what),
      onLink: (incident) => void this.linkTo(incident),
      onUnlink: () => void this.unlink(),
      onRetry: () => void this.retry(),
      onResolve: (problem, choice) => void this.resolve(problem, choice),
    }
  }

  private dialog(): TemplateResult | typeof nothing {
    const { sending, preview, fields, failure } = this.sending
    const { link, busy } = this.control
    if (sending === null || link === null) return nothing
    return sendingForm({
      sending,
      link,
      preview,
      fields,
      failure,
      busy: busy !== null,
      reader: this.reader(),
      say: this.say,
      onSubmit: (form) => void this.submit(form),
      onRetry: () => void this.prepare(),
      onClose: () => this.sending.close(),
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sn-ticket': SnTicket
  }
}
