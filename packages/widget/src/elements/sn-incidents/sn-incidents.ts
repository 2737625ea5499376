/** `<sn-incidents>`: the ServiceNow section of a page. The class only; `define-incidents.ts` gives it its name. */
import type { IncidentView } from '@snowline/protocol'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { type ApiClient, createApiClient } from '../../api/api-client.ts'
import { toConnectionLine } from '../../state/connection.ts'
import { type ChoiceGroup, type Filters, nextSort, type SortKey } from '../../state/filters.ts'
import { type Scene, toNotice, toScene } from '../../state/scene.ts'
import { count } from '../../text/format.ts'
import { whenScriptsRan } from '../page-ready.ts'
import { SnElement } from '../sn-element.ts'
import { syncDialog } from '../sync-dialog.ts'
import { type Column, defaultColumns, toColumns } from './columns.ts'
import { type Copyable, details } from './details.ts'
import { DetailsController } from './details-controller.ts'
import { FiltersController } from './filters-controller.ts'
import { countLine, footer } from './footer.ts'
import { header } from './header.ts'
import { IncidentsController } from './incidents-controller.ts'
import { notice, panel } from './panels.ts'
import { importDialog, type PullView, pullButtons, pullOutcome } from './pull.ts'
import { PullController, type PullStep } from './pull-controller.ts'
import { styles } from './sn-incidents.styles.ts'
import { incidentTable, skeleton } from './table.ts'
import { toolbar } from './toolbar.ts'

/** "5 minutes ago" must not stay true for long. */
const CLOCK_TICK_MS = 30_000

/**
 * Shows whether ServiceNow is connected and its latest incidents, with search, filters, order and a dialog of details.
 *
 * Attributes besides those of every element: `page-size` (1 to 200, default 25: one screen), `columns` (comma list of
 * fields, `u_*` too), `hash-key` (keeps the filters in that part of the page's hash), `ticket-href` (where a ticket is
 * shown: `/tickets/{id}`).
 * Slots: `not-configured`, `no-permission`, `asleep`, `unreachable`, `auth-failed`, `limited`, `signed-out`, `error`,
 * `nothing-found`, `empty` (each adds next steps to its panel), `heading`, `actions`.
 * Parts: `header`, `toolbar`, `table`, `row`, `chip`, `state`, `priority`, `panel`, `notice`, `details`, `footer`.
 * Events: see `SnIncidentsEvents`.
 * Example: `<sn-incidents api-base="/api" page-size="25" columns="number,state,u_site"></sn-incidents>`.
 */
export class SnIncidents extends SnElement {
  static override properties: PropertyDeclarations = {
    pageSize: { type: Number, attribute: 'page-size' },
    hashKey: { attribute: 'hash-key' },
    columns: {},
    ticketHref: { attribute: 'ticket-href' },
    spoken: { state: true },
  }
  static override styles: CSSResultGroup = styles

  declare pageSize: number
  declare hashKey: string
  declare columns: string
  declare ticketHref: string
  declare private spoken: string

  private client: ApiClient
  private readonly incidents = new IncidentsController(this)
  private readonly filters = new FiltersController(this, (filters) => void this.useFilters(filters))
  private readonly shown = new DetailsController(this, () => this.client)
  private readonly pull = new PullController(this, () => this.client)
  private clockTimer: ReturnType<typeof setInterval> | undefined
  private stopWaiting: (() => void) | null = null
  private started = false

  constructor() {
    super()
    this.pageSize = 25
    this.hashKey = ''
    this.columns = defaultColumns
    this.ticketHref = ''
    this.client = createApiClient(this.requestOptions())
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
    this.incidents.stop()
  }

  /** Asks for the connection and the newest incidents again: what "Fetch latest incidents" does. */
  async refresh(): Promise<void> {
    this.incidents.filters = this.filters.current
    this.client = createApiClient(this.requestOptions())
    await this.incidents.start(this.client, this.limit)
    this.announceCount('announceLoaded')
  }

  /** Opens the details of an incident that is in the list. False when it is not, or when the host kept it to itself. */
  open(sysId: string): boolean {
    const incident = this.incidents.list.incidents.find((one) => one.sys_id === sysId)
    return incident !== undefined && this.shown.open(incident)
  }

  /** Closes the details; nothing happens when none are open. */
  close(): void {
    this.renderRoot.querySelector('dialog')?.close()
  }

  /** The first request waits for the first rendering: what a script sets right after `append` counts too. */
  private async start(): Promise<void> {
    this.filters.readHash()
    await this.updateComplete
    if (!this.isConnected || this.started) return
    this.started = true
    await this.refresh()
    if (this.incidents.list.failure?.kind !== 'signed_out') await this.pull.learn()
  }

  protected override willUpdate(changed: PropertyValues): void {
    const anew = ['apiBase', 'getToken', 'fetch', 'pageSize'].some((name) => changed.has(name))
    if (anew && this.started) void this.refresh()
  }

  protected override updated(): void {
    syncDialog(this.renderRoot, this.shown.incident !== null || this.pull.open)
  }

  private get limit(): number {
    return Number.isInteger(this.pageSize) ? Math.min(200, Math.max(1, this.pageSize)) : 25
  }

  private async useFilters(filters: Filters): Promise<void> {
    await this.incidents.filter(filters, this.limit)
    this.announceCount('announceFiltered')
  }

  private announceCount(key: 'announceLoaded' | 'announceFiltered'): void {
    if (this.incidents.list.phase !== 'ready') return
    this.spoken = this.say(key, countLine(this.incidents.list, this.reader().locale, this.say))
  }

  private moveFocus(selector: string): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus()
  }

  private focusRow(incident: IncidentView | undefined): void {
    if (incident !== undefined) this.moveFocus(`tr[data-id="${CSS.escape(incident.sys_id)}"] .number`)
  }

  /** A chip that is pressed goes away: the focus moves to the next one, or to the search. */
  private async toggle(group: ChoiceGroup, value: string): Promise<void> {
    const onChip = this.shadowRoot?.activeElement?.classList.contains('filter-chip') === true
    this.filters.toggle(group, value)
    await this.updateComplete
    if (!onChip) return
    const left = this.renderRoot.querySelector('.filter-chip') !== null
    this.moveFocus(left ? '.filter-chip' : '.search input')
  }

  private clear(): void {
    this.filters.clear()
    this.moveFocus('.search input')
  }

  private async showMenu(group: ChoiceGroup | null): Promise<void> {
    this.filters.showMenu(group)
    await this.updateComplete
    if (group !== null) this.moveFocus(`#menu-${group} input`)
  }

  /** When the button is used up, the focus goes to the first of the rows it brought. */
  private async more(): Promise<void> {
    const before = this.incidents.list.incidents.length
    await this.incidents.more(this.limit)
    this.announceCount('announceLoaded')
    await this.updateComplete
    if (this.incidents.list.nextCursor === null) this.focusRow(this.incidents.list.incidents[before])
  }

  private step(by: -1 | 1): void {
    const { incidents } = this.incidents.list
    const next = incidents[this.position() - 1 + by]
    if (next === undefined) return
    this.shown.show(next)
    const { locale } = this.reader()
    const [position, all] = [count(this.position(), locale), count(incidents.length, locale)]
    this.spoken = this.say('announceOpened', next.number, position, all)
  }

  /** Where the shown incident stands in the list, from 1; 0 when a refresh took it out. */
  private position(): number {
    return this.incidents.list.incidents.findIndex((one) => one.sys_id === this.shown.incident?.sys_id) + 1
  }

  private async copy(what: Copyable, text: string): Promise<void> {
    const copied = await this.shown.copy(what, text)
    this.spoken = copied ? this.say('copied', what === 'raw' ? 'JSON' : text) : this.say('copyFailed')
  }

  /** What was pulled or imported shows in the list at once. */
  private async runPull(step: PullStep): Promise<void> {
    if ((await this.pull.run(step)) && step !== 'look') await this.refresh()
  }

  private onDialogClosed(): void {
    if (this.pull.open) {
      this.pull.close()
      this.moveFocus('.as-tickets')
    }
    const incident = this.shown.incident
    this.shown.close()
    if (incident !== null) this.focusRow(incident)
  }

  protected override render(): TemplateResult {
    const columns = toColumns(this.columns, this.say)
    const scene = toScene(this.incidents)
    const searchable = scene === 'table' || scene === 'nothing_found' || scene === 'loading'
    return html`<div class="root">
        <section class="card" aria-label=${this.say('heading')}>
          ${this.header(scene)} ${searchable ? this.toolbar(columns) : nothing} ${this.main(scene, columns)}
        </section>
        ${this.shown.incident === null ? this.status() : nothing}
      </div>
      ${this.detailsDialog()}`
  }

  /** The one polite voice. A modal dialog silences what stands outside it, so it moves in with the reader. */
  private status(): TemplateResult {
    return html`<div class="hidden" role="status">${this.spoken}</div>`
  }

  private header(scene: Scene): TemplateResult {
    const { health, checking, list } = this.incidents
    return header({
      line: toConnectionLine({ health, checking, list }, this.say),
      asOf: list.stale ? null : list.asOf,
      busy: list.phase === 'loading',
      leading: scene === 'table' || scene === 'loading',
      reader: this.reader(),
      say: this.say,
      buttons: scene === 'not_configured' ? nothing : pullButtons(this.pullView()),
      onFetch: () => void this.refresh(),
    })
  }

  private pullView(): PullView {
    const { locale } = this.reader()
    return {
      pull: this.pull,
      ticketHref: this.ticketHref,
      say: this.say,
      count: (value) => count(value, locale),
      onRun: (step) => void this.runPull(step),
      onClose: () => this.close(),
    }
  }

  private main(scene: Scene, columns: readonly Column[]): TemplateResult {
    const { health, list } = this.incidents
    const { locale } = this.reader()
    if (scene === 'loading') return skeleton(columns, this.limit)
    if (scene !== 'table') {
      return panel({
        scene,
        failure: list.failure,
        health,
        instance: health?.instance ?? list.instance,
        say: this.say,
        count: (value) => count(value, locale),
        onRetry: () => void this.refresh(),
        onClear: () => this.clear(),
      })
    }
    return html`${pullOutcome(this.pullView())}${this.notice()}${this.table(columns)}${footer({
      list,
      locale,
      say: this.say,
      onMore: () => void this.more(),
    })}`
  }

  private toolbar(columns: readonly Column[]): TemplateResult {
    const { current, typed, openMenu } = this.filters
    return toolbar({
      filters: current,
      choices: this.incidents.choices,
      columns,
      typed,
      openMenu,
      say: this.say,
      onSearch: (text) => this.filters.search(text),
      onSearchNow: () => this.filters.searchNow(),
      onToggle: (group, value) => void this.toggle(group, value),
      onMenu: (group) => void this.showMenu(group),
      onSortBy: (sort) => this.filters.sortBy(sort),
      onClear: () => this.clear(),
    })
  }

  private notice(): TemplateResult | typeof nothing {
    const told = toNotice(this.incidents.list)
    if (told === null) return nothing
    return notice({ notice: told, reader: this.reader(), say: this.say, onRetry: () => void this.refresh() })
  }

  private table(columns: readonly Column[]): TemplateResult {
    const { list } = this.incidents
    const { sort } = this.filters.current
    return incidentTable({
      columns,
      incidents: list.incidents,
      sort,
      currentId: this.shown.incident?.sys_id ?? null,
      busy: list.phase === 'loading',
      reader: this.reader(),
      say: this.say,
      onSort: (key: SortKey) => this.filters.sortBy(nextSort(sort, key)),
      onOpen: (incident) => void this.shown.open(incident),
    })
  }

  private detailsDialog(): TemplateResult {
    return html`<dialog
      aria-labelledby="details-title"
      @close=${() => this.onDialogClosed()}
      @click=${(event: MouseEvent) => event.target === event.currentTarget && this.close()}
    >
      ${this.pull.open ? importDialog(this.pullView()) : this.shown.incident === null ? nothing : html`${this.details(this.shown.incident)}${this.status()}`}
    </dialog>`
  }

  private details(incident: IncidentView): TemplateResult {
    const { full, failure, tab, copied } = this.shown
    const total = this.incidents.list.incidents.length
    const position = this.position()
    const { locale } = this.reader()
    return details({
      incident,
      full,
      failure,
      tab,
      copied,
      position,
      count: total,
      hasPrevious: position > 1,
      hasNext: position > 0 && position < total,
      instance: this.incidents.health?.instance ?? this.incidents.list.instance,
      canCopy: navigator.clipboard !== undefined,
      reader: this.reader(),
      say: this.say,
      countText: (value) => count(value, locale),
      onTab: (name) => this.shown.showTab(name),
      onStep: (by) => this.step(by),
      onCopy: (what, text) => void this.copy(what, text),
      onRetry: () => void this.shown.load(),
      onClose: () => this.close(),
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sn-incidents': SnIncidents
  }
}
