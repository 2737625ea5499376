/** `<sn-incidents>`: the ServiceNow section of a page. The class only; `define.ts` gives it its name. */
import type { IncidentView } from '@snowline/protocol'
import {
  type CSSResultGroup,
  html,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit'
import { icons, toneIcons } from '../../look/icons.ts'
import { toConnectionLine } from '../../state/connection.ts'
import {
  type ChoiceGroup,
  clearFilters,
  encodeFilters,
  type Filters,
  nextSort,
  parseFilters,
  type SortKey,
  toggleChoice,
} from '../../state/filters.ts'
import { readHash, writeHash } from '../../state/hash.ts'
import { hiddenCount } from '../../state/list.ts'
import { toNotice, toScene } from '../../state/scene.ts'
import { clockTime, count } from '../../text/format.ts'
import { whenScriptsRan } from '../page-ready.ts'
import { SnElement } from '../sn-element.ts'
import { type Column, defaultColumns, toColumns } from './columns.ts'
import { details } from './details.ts'
import { DetailsController } from './details-controller.ts'
import { IncidentsController } from './incidents-controller.ts'
import { notice, panel } from './panels.ts'
import { styles } from './sn-incidents.styles.ts'
import { incidentTable, skeleton } from './table.ts'
import { toolbar } from './toolbar.ts'

const SEARCH_DELAY_MS = 250
const CLOCK_TICK_MS = 30_000

/**
 * Shows whether ServiceNow is connected and its latest incidents, with search, filters, order and a dialog of details.
 *
 * Attributes besides those of every element: `page-size` (1 to 200, default 25: one screen), `columns` (comma list of
 * fields, `u_*` too), `hash-key` (keeps the filters in that part of the page's hash).
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
    openMenu: { state: true },
    typed: { state: true },
    spoken: { state: true },
  }
  static override styles: CSSResultGroup = styles

  declare pageSize: number
  declare hashKey: string
  declare columns: string
  declare private openMenu: ChoiceGroup | null
  declare private typed: string
  declare private spoken: string

  private readonly incidents = new IncidentsController(this)
  private readonly shown = new DetailsController(this, () => this.createClient())
  private searchTimer: ReturnType<typeof setTimeout> | undefined
  private clockTimer: ReturnType<typeof setInterval> | undefined
  private stopWaiting: (() => void) | null = null
  private started = false

  constructor() {
    super()
    this.pageSize = 25
    this.hashKey = ''
    this.columns = defaultColumns
    this.openMenu = null
    this.typed = ''
    this.spoken = ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.onHashChange)
    this.clockTimer = setInterval(
      () => document.visibilityState === 'visible' && this.requestUpdate(),
      CLOCK_TICK_MS,
    )
    this.stopWaiting = whenScriptsRan(() => {
      this.started = true
      this.useFilters(this.filtersOfPage())
      void this.begin()
    })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.onHashChange)
    clearInterval(this.clockTimer)
    clearTimeout(this.searchTimer)
    this.stopWaiting?.()
    this.started = false
    this.incidents.stop()
    this.shown.close()
  }

  /** Asks for the connection and the newest incidents again: what "Fetch latest incidents" does. */
  async refresh(): Promise<void> {
    await this.begin()
  }

  /** Opens the details of an incident that is in the list. False when it is not, or when the host kept it to itself. */
  open(sysId: string): boolean {
    const incident = this.incidents.list.incidents.find((one) => one.sys_id === sysId)
    return incident !== undefined && this.shown.open(incident)
  }

  /** Closes the details; nothing happens when none are open. */
  close(): void {
    this.dialog?.close()
  }

  protected override willUpdate(changed: PropertyValues): void {
    const anew = ['apiBase', 'getToken', 'fetch', 'pageSize'].some((name) => changed.has(name))
    if (anew && this.hasUpdated && this.started) void this.begin()
  }

  protected override updated(): void {
    const dialog = this.dialog
    if (dialog === null) return
    if (this.shown.incident !== null && !dialog.open) dialog.showModal()
    if (this.shown.incident === null && dialog.open) dialog.close()
  }

  private get dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  private get limit(): number {
    return Number.isInteger(this.pageSize) ? Math.min(200, Math.max(1, this.pageSize)) : 25
  }

  private async begin(): Promise<void> {
    await this.incidents.start(this.createClient(), this.limit)
    this.announceCount('announceLoaded')
  }

  private readonly onHashChange = (): void => {
    const filters = this.filtersOfPage()
    if (this.hashKey === '' || encodeFilters(filters) === encodeFilters(this.incidents.filters)) return
    void this.filter(filters)
  }

  private filtersOfPage(): Filters {
    if (this.hashKey === '') return this.incidents.filters
    return parseFilters(readHash(location.hash, this.hashKey))
  }

  private useFilters(filters: Filters): void {
    this.incidents.filters = filters
    this.typed = filters.q
  }

  private async filter(filters: Filters): Promise<void> {
    clearTimeout(this.searchTimer)
    this.useFilters(filters)
    if (this.hashKey !== '') {
      const hash = writeHash(location.hash, this.hashKey, encodeFilters(filters))
      if (hash !== location.hash)
        history.replaceState(history.state, '', hash === '' ? location.pathname + location.search : hash)
    }
    await this.incidents.filter(filters, this.limit)
    this.announceCount('announceFiltered')
  }

  private search(text: string): void {
    this.typed = text
    clearTimeout(this.searchTimer)
    this.searchTimer = setTimeout(() => this.searchNow(), SEARCH_DELAY_MS)
  }

  private searchNow(): void {
    const q = this.typed.trim()
    if (q !== this.incidents.filters.q) void this.filter({ ...this.incidents.filters, q })
  }

  /** A chip that is pressed goes away: the focus moves to what stands next to it. */
  private async toggle(group: ChoiceGroup, value: string): Promise<void> {
    const onChip = this.shadowRoot?.activeElement?.classList.contains('filter-chip') === true
    const done = this.filter(toggleChoice(this.incidents.filters, group, value))
    await this.updateComplete
    const next = onChip ? this.renderRoot.querySelector<HTMLElement>('.filter-chip, .search input') : null
    const chip = onChip ? this.renderRoot.querySelector<HTMLElement>('.filter-chip') : null
    ;(chip ?? next)?.focus()
    await done
  }

  private async clear(): Promise<void> {
    const done = this.filter(clearFilters(this.incidents.filters))
    this.renderRoot.querySelector<HTMLElement>('.search input')?.focus()
    await done
  }

  private async showMenu(group: ChoiceGroup | null): Promise<void> {
    this.openMenu = group
    await this.updateComplete
    if (group !== null) this.renderRoot.querySelector<HTMLElement>(`#menu-${group} input`)?.focus()
  }

  /** When the button is used up, the focus goes to the first of the rows it brought. */
  private async more(): Promise<void> {
    const before = this.incidents.list.incidents.length
    await this.incidents.more(this.limit)
    this.announceCount('announceLoaded')
    await this.updateComplete
    if (this.renderRoot.querySelector('.more') === null) this.focusRow(this.incidents.list.incidents[before])
  }

  private focusRow(incident: IncidentView | undefined): void {
    if (incident === undefined) return
    this.renderRoot
      .querySelector<HTMLElement>(`tr[data-id="${CSS.escape(incident.sys_id)}"] .number`)
      ?.focus()
  }

  private announceCount(key: 'announceLoaded' | 'announceFiltered'): void {
    if (this.incidents.list.phase === 'ready') this.spoken = this.say(key, this.countLine())
  }

  private step(by: -1 | 1): void {
    const { incidents } = this.incidents.list
    const next = incidents[this.position() - 1 + by]
    if (next === undefined) return
    this.shown.show(next)
    const { locale } = this.reader()
    this.spoken = this.say(
      'announceOpened',
      next.number,
      count(this.position(), locale),
      count(incidents.length, locale),
    )
  }

  /** Where the shown incident stands in the list, from 1; 0 when a refresh took it out. */
  private position(): number {
    return this.incidents.list.incidents.findIndex((one) => one.sys_id === this.shown.incident?.sys_id) + 1
  }

  private async copy(text: string): Promise<void> {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
    const what = text.length > 80 ? 'JSON' : text
    this.spoken = copied ? this.say('copied', what) : this.say('copyFailed')
  }

  private onDialogClosed(): void {
    const incident = this.shown.incident
    this.shown.close()
    if (incident !== null) this.focusRow(incident)
  }

  private countLine(): string {
    const { incidents, total, nextCursor } = this.incidents.list
    const { locale } = this.reader()
    const shown = count(incidents.length, locale)
    if (nextCursor === null || total === null) return this.say('shownAll', shown, incidents.length)
    return this.say('shown', shown, count(Math.max(total, incidents.length), locale))
  }

  protected override render(): TemplateResult {
    const columns = toColumns(this.columns, this.say)
    return html`<div class="root">
        <section class="card" aria-label=${this.say('heading')}>
          ${this.header()} ${this.body(columns)}
        </section>
        <div class="hidden" role="status">${this.spoken}</div>
      </div>
      ${this.detailsDialog()}`
  }

  private header(): TemplateResult {
    const { health, checking, list } = this.incidents
    const reader = this.reader()
    const line = toConnectionLine({ health, checking, list }, this.say)
    const busy = list.phase === 'loading'
    return html`<header class="header" part="header">
      <div class="headline">
        <h2><slot name="heading">${this.say('heading')}</slot></h2>
        <p class="connection" data-tone=${line.tone}>
          ${toneIcons[line.tone]}<span>${line.text}</span>${
            list.asOf === null
              ? nothing
              : html`<span class="as-of">${this.say('asOf', clockTime(list.asOf, reader.now, reader.locale))}</span>`
          }
        </p>
      </div>
      <slot name="actions"></slot>
      <button
        type="button"
        class="button primary fetch"
        aria-disabled=${busy ? 'true' : 'false'}
        @click=${() => !busy && void this.begin()}
      >
        <span class=${busy ? 'icon-box spin' : 'icon-box'}>${icons.refresh}</span>${this.say(busy ? 'fetching' : 'fetchLatest')}
      </button>
    </header>`
  }

  private body(columns: readonly Column[]): TemplateResult {
    const { health, list, filters } = this.incidents
    const scene = toScene({ health, list, filters })
    const bar =
      scene === 'table' || scene === 'nothing_found' || scene === 'loading' ? this.toolbar(columns) : nothing
    if (scene === 'loading') return html`${bar}${skeleton(columns, this.limit)}`
    if (scene === 'table') return html`${bar}${this.notice()}${this.table(columns)}${this.footer()}`
    const view = panel({
      scene,
      failure: list.failure,
      health,
      instance: health?.instance ?? list.instance,
      say: this.say,
      count: (value) => count(value, this.reader().locale),
      onRetry: () => void this.begin(),
      onClear: () => void this.clear(),
    })
    return html`${bar}${view}`
  }

  private toolbar(columns: readonly Column[]): TemplateResult {
    return toolbar({
      filters: this.incidents.filters,
      choices: this.incidents.choices,
      columns,
      typed: this.typed,
      openMenu: this.openMenu,
      say: this.say,
      onSearch: (text) => this.search(text),
      onSearchNow: () => this.searchNow(),
      onToggle: (group, value) => void this.toggle(group, value),
      onMenu: (group) => void this.showMenu(group),
      onSortBy: (sort) => void this.filter({ ...this.incidents.filters, sort }),
      onClear: () => void this.clear(),
    })
  }

  private notice(): TemplateResult | typeof nothing {
    const told = toNotice(this.incidents.list)
    if (told === null) return nothing
    return notice({ notice: told, reader: this.reader(), say: this.say, onRetry: () => void this.begin() })
  }

  private table(columns: readonly Column[]): TemplateResult {
    const { list, filters } = this.incidents
    return incidentTable({
      columns,
      incidents: list.incidents,
      sort: filters.sort,
      currentId: this.shown.incident?.sys_id ?? null,
      busy: list.phase === 'loading',
      reader: this.reader(),
      say: this.say,
      onSort: (key: SortKey) => void this.filter({ ...filters, sort: nextSort(filters.sort, key) }),
      onOpen: (incident) => void this.shown.open(incident),
    })
  }

  private footer(): TemplateResult {
    const { list } = this.incidents
    const hidden = hiddenCount(list)
    const busy = list.phase === 'loading_more'
    return html`<footer class="footer" part="footer">
      <p>${this.countLine()}${hidden > 0 ? html`<span class="quiet"> · ${this.say('hiddenByRules', count(hidden, this.reader().locale), hidden)}</span>` : nothing}</p>
      ${
        list.nextCursor === null
          ? nothing
          : html`<button type="button" class="button more" aria-disabled=${busy ? 'true' : 'false'} @click=${() => !busy && void this.more()}>
              ${this.say(busy ? 'loadingMore' : 'loadMore')}
            </button>`
      }
    </footer>`
  }

  private detailsDialog(): TemplateResult {
    const { incident, full, failure, tab } = this.shown
    const count_ = this.incidents.list.incidents.length
    const position = this.position()
    return html`<dialog
      aria-labelledby="details-title"
      @close=${() => this.onDialogClosed()}
      @click=${(event: MouseEvent) => event.target === event.currentTarget && this.close()}
    >
      ${
        incident === null
          ? nothing
          : details({
              incident,
              full,
              failure,
              tab,
              position,
              count: count_,
              hasPrevious: position > 1,
              hasNext: position > 0 && position < count_,
              instance: this.incidents.health?.instance ?? this.incidents.list.instance,
              canCopy: navigator.clipboard !== undefined,
              reader: this.reader(),
              say: this.say,
              countText: (value) => count(value, this.reader().locale),
              onTab: (name) => this.shown.showTab(name),
              onStep: (by) => this.step(by),
              onCopy: (text) => void this.copy(text),
              onRetry: () => void this.shown.load(),
              onClose: () => this.close(),
            })
      }
    </dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sn-incidents': SnIncidents
  }
}
