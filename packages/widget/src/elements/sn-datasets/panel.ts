/** The inside of `<sn-datasets>`: the versions of one source, their dialogs, and which press does what. */
import type { DatasetVersionView, IncidentDifference } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import type { DiffPage, ExportFormat, VersionIncident } from '../../api/dataset-client.ts'
import type { Page } from '../../api/page.ts'
import { joinBase } from '../../api/request.ts'
import { downPanel } from '../../look/down-panel.ts'
import { icons } from '../../look/icons.ts'
import { refusal } from '../../look/refusal.ts'
import { nextNumber, usualPair } from '../../state/datasets.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { adminEnglish } from '../../text/admin-messages.ts'
import { clip, count, hostOf } from '../../text/format.ts'
import { addEnglish } from '../../text/messages.ts'
import type { Inside, Loaded, Place } from '../late-element.ts'
import { PagesController } from '../pages-controller.ts'
import { syncDialog } from '../sync-dialog.ts'
import { styles } from './datasets.styles.ts'
import { DatasetsController, type Source } from './datasets-controller.ts'
import { diffDialog } from './diff.ts'
import { rollbackQuestion } from './rollback-question.ts'
import { versionDetails } from './version-details.ts'
import { versionsTable } from './versions-table.ts'

type Open =
  | { kind: 'version' | 'rollback'; version: DatasetVersionView }
  | { kind: 'diff'; from: number; to: number }

export interface DatasetsPlace extends Place {
  /** What the page has chosen; empty when people choose. */
  integration(): string
}

const NAME_LENGTH = 120

/** How long the browser may take to fetch what a blob's address stands for. */
const KEEP_BLOB_MS = 60_000

export function openDatasets(place: DatasetsPlace): Loaded {
  addEnglish(adminEnglish)
  return { inside: new DatasetsPanel(place), styles }
}

class DatasetsPanel implements Inside {
  private readonly place: DatasetsPlace
  private readonly control: DatasetsController
  private readonly incidents: PagesController<VersionIncident, Page<VersionIncident>>
  private readonly changes: PagesController<IncidentDifference, DiffPage>
  private open: Open | null = null
  private told = ''
  private busy = false
  private refused: Failure | null = null
  private needsReason = false
  private exporting: ExportFormat | null = null
  private exported = ''
  /** Null while the usual pair stands. */
  private pair: { from: number; to: number } | null = null

  constructor(place: DatasetsPlace) {
    this.place = place
    this.control = new DatasetsController(place.host)
    this.incidents = new PagesController(place.host)
    this.changes = new PagesController(place.host)
  }

  hostDisconnected(): void {
    this.control.stop()
    this.incidents.close()
    this.changes.close()
    this.open = null
  }

  hostUpdated(): void {
    syncDialog(this.place.host.renderRoot, this.open !== null)
  }

  async start(): Promise<void> {
    await this.control.start(this.place.options(), this.place.integration())
  }

  private redraw(): void {
    this.place.host.requestUpdate()
  }

  private show(open: Open): void {
    const { client, source } = this.control
    if (client === null) return
    this.open = open
    this.refused = null
    this.needsReason = false
    this.exported = ''
    if (open.kind === 'version') {
      void this.incidents.open((cursor, signal) =>
        client.incidents(source, open.version.number, cursor, signal),
      )
    }
    if (open.kind === 'diff') {
      void this.changes.open((cursor, signal) => client.diff(source, open.from, open.to, cursor, signal))
    }
    this.redraw()
  }

  private close(): void {
    if (this.open === null) return
    this.open = null
    this.incidents.close()
    this.changes.close()
    this.redraw()
  }

  private async choose(source: string): Promise<void> {
    this.pair = null
    this.told = ''
    await this.control.choose(source)
  }

  private async rollback(version: DatasetVersionView, reason: string): Promise<void> {
    this.needsReason = reason === ''
    this.refused = null
    this.redraw()
    if (this.needsReason) {
      await this.place.host.updateComplete
      this.place.host.renderRoot.querySelector<HTMLElement>('#reason')?.focus()
      return
    }
    this.busy = true
    try {
      const made = await this.control.rollback(version.number, reason)
      const { locale } = this.place.reader()
      this.told = this.place.say('rolledBack', count(made.number, locale), count(version.number, locale))
      this.pair = null
      this.close()
    } catch (error) {
      this.refused = toFailure(error)
      this.control.report(this.refused)
    }
    this.busy = false
    this.redraw()
  }

  /** With the cookie of the session the browser does it; a token can only go with a request of our own. */
  private async export(event: MouseEvent, version: DatasetVersionView, format: ExportFormat): Promise<void> {
    const { client, source } = this.control
    const { getToken, fetch } = this.place.options()
    if (client === null || (getToken === undefined && fetch === undefined)) return
    event.preventDefault()
    if (this.exporting !== null) return
    this.exporting = format
    this.exported = this.place.say('exporting')
    this.refused = null
    this.redraw()
    try {
      const blob = await client.download(client.exportPath(source, version.number, format))
      const name = `dataset-${source}-${version.number}.${format}`
      saveAs(blob, name)
      this.exported = this.place.say('exported', name)
    } catch (error) {
      this.exported = ''
      this.incidents.failure = toFailure(error)
      this.control.report(this.incidents.failure)
    }
    this.exporting = null
    this.redraw()
  }

  render(): TemplateResult {
    const { say } = this.place
    const { versions, loading } = this.control
    return html`<div class="root">
        <section class="card" aria-label=${say('datasetsHeading')} aria-busy=${loading || versions === null ? 'true' : 'false'}>
          ${this.header()} ${this.body()}
          <p role="status" class=${this.told === '' ? 'hidden' : 'told'}>${this.told}</p>
        </section>
      </div>
      <dialog
        class=${this.open?.kind === 'rollback' ? 'question' : ''}
        aria-labelledby="dialog-title"
        @close=${() => this.close()}
        @click=${(event: MouseEvent) => event.target === event.currentTarget && this.open?.kind !== 'rollback' && this.close()}
      >
        ${this.open === null ? nothing : this.dialog(this.open)}
      </dialog>`
  }

  private header(): TemplateResult {
    const { say } = this.place
    const { sources, source } = this.control
    const several = sources !== null && sources.length > 1
    const name = ({ name, url }: Source) =>
      clip([name ?? say('datasetsEnv'), ...(url === null ? [] : [hostOf(url)])].join(' · '), NAME_LENGTH)
    const only = sources?.find(({ id }) => id === source)
    return html`<header class="header" part="header">
      <div class="headline">
        <h2><slot name="heading">${say('datasetsHeading')}</slot></h2>
        ${several || only === undefined || (only.name === null && this.place.integration() !== '') ? nothing : html`<p class="connection" dir="auto">${name(only)}</p>`}
      </div>
      ${
        several
          ? html`<label class="chooser"
              ><span>${say('datasetsOf')}</span>
              <select data-act="source" @change=${(event: Event) => event.target instanceof HTMLSelectElement && void this.choose(event.target.value)}>
                ${sources.map((one) => html`<option value=${one.id} ?selected=${one.id === source}>${name(one)}</option>`)}
              </select></label
            >`
          : nothing
      }
    </header>`
  }

  private body(): TemplateResult {
    const { say } = this.place
    const { sources, versions, failure } = this.control
    const onRetry = () => void this.start()
    if (failure !== null && versions === null)
      return downPanel({ failure, title: say('datasetsDown'), say, onRetry })
    if (sources?.length === 0) return this.none('datasetsNoSource', 'datasetsNoSourceText')
    if (versions === null) {
      return html`<div class="rows-waiting"><div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div><p class="hidden">${say('datasetsLoading')}</p></div>`
    }
    if (versions.length === 0) return this.none('datasetsNone', 'datasetsNoneText')
    return html`${failure === null ? nothing : html`<div class="stale">${refusal(failure, say('refreshedFailed'), say)}</div>`}
    ${this.compare(versions)} ${this.table(versions)} ${this.foot()}`
  }

  private none(
    title: 'datasetsNone' | 'datasetsNoSource',
    text: 'datasetsNoneText' | 'datasetsNoSourceText',
  ): TemplateResult {
    const { say } = this.place
    return html`<section class="panel" part="panel" data-scene="empty">
      <span class="emblem">${icons.inbox}</span>
      <h3>${say(title)}</h3>
      <p>${say(text)}</p>
      <div class="steps"><slot name="empty"></slot></div>
    </section>`
  }

  private compare(versions: readonly DatasetVersionView[]): TemplateResult | typeof nothing {
    const { say } = this.place
    const pair = this.pair ?? usualPair(versions)
    if (pair === null) return nothing
    const { locale } = this.place.reader()
    const select = (side: 'from' | 'to', label: string) => html`<label
      ><span>${label}</span>
      <select data-side=${side} @change=${(event: Event) => this.pick(event, pair, side)}>
        ${versions.map(({ number }) => html`<option value=${number} .selected=${number === pair[side]}>${say('versionNumber', count(number, locale))}</option>`)}
      </select></label
    >`
    return html`<form class="compare" aria-label=${say('compare')} @submit=${(event: SubmitEvent) => {
      event.preventDefault()
      this.show({ kind: 'diff', ...(this.pair ?? pair) })
    }}>
      ${select('from', say('compareFrom'))} ${select('to', say('compareTo'))}
      <button type="submit" class="button" data-act="compare">${say('compareNow')}</button>
    </form>`
  }

  private pick(event: Event, pair: { from: number; to: number }, side: 'from' | 'to'): void {
    if (!(event.target instanceof HTMLSelectElement)) return
    this.pair = { ...(this.pair ?? pair), [side]: Number(event.target.value) }
    this.redraw()
  }

  private table(versions: readonly DatasetVersionView[]): TemplateResult {
    const { control, place } = this
    return versionsTable({
      versions,
      mayRollback: control.may('dataset.rollback'),
      busy: control.loading,
      reader: place.reader(),
      say: place.say,
      onOpen: (version) => this.show({ kind: 'version', version }),
      onRollback: (version) => this.show({ kind: 'rollback', version }),
    })
  }

  private foot(): TemplateResult | typeof nothing {
    const { nextCursor, loading } = this.control
    const { say } = this.place
    if (nextCursor === null) return nothing
    return html`<div class="more-versions">
      <button type="button" class="button" data-act="more-versions" aria-disabled=${loading ? 'true' : 'false'} @click=${() => void this.control.more()}>${say(loading ? 'loadingMore' : 'loadMore')}</button>
    </div>`
  }

  private dialog(open: Open): TemplateResult {
    const { say } = this.place
    const reader = this.place.reader()
    const onClose = () => this.close()
    if (open.kind === 'diff') {
      const { items, page, hasMore, loading, failure } = this.changes
      const { from, to } = open
      const onMore = () => void this.changes.load()
      return diffDialog({
        from,
        to,
        changes: items,
        counts: page?.counts ?? null,
        hasMore,
        loading,
        failure,
        reader,
        say,
        onMore,
        onClose,
      })
    }
    const { version } = open
    if (open.kind === 'rollback') {
      return rollbackQuestion({
        version,
        next: nextNumber(this.control.versions ?? []),
        busy: this.busy,
        failure: this.refused,
        needsReason: this.needsReason,
        reader,
        say,
        onSubmit: (reason) => void this.rollback(version, reason),
        onClose,
      })
    }
    return this.details(version)
  }

  private details(version: DatasetVersionView): TemplateResult {
    const { items, hasMore, loading, failure } = this.incidents
    const { exporting, exported } = this
    return versionDetails({
      version,
      incidents: items,
      hasMore,
      loading,
      failure,
      exporting,
      exported,
      reader: this.place.reader(),
      say: this.place.say,
      href: (format) => this.href(version, format),
      onExport: (event, format) => void this.export(event, version, format),
      onMore: () => void this.incidents.load(),
      onClose: () => this.close(),
    })
  }

  private href(version: DatasetVersionView, format: ExportFormat): string {
    const { client, source } = this.control
    return client === null
      ? ''
      : joinBase(this.place.options().base, client.exportPath(source, version.number, format))
  }
}

function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_BLOB_MS)
}
