/** An element whose inside is loaded when the first one stands in a page: what only administrators use weighs on nobody else. */

import type { CSSResultGroup, PropertyDeclarations, PropertyValues } from 'lit'
import { adoptStyles, type CSSResultOrNative, html, type ReactiveController, type TemplateResult } from 'lit'
import type { RequestOptions } from '../api/request.ts'
import { controls } from '../look/controls.styles.ts'
import { form } from '../look/form.styles.ts'
import { frame } from '../look/frame.styles.ts'
import { icons } from '../look/icons.ts'
import { sheet } from '../look/sheet.styles.ts'
import type { Reader } from '../look/time.ts'
import { tokens } from '../look/tokens.styles.ts'
import type { Say } from '../text/messages.ts'
import { whenScriptsRan } from './page-ready.ts'
import { SnElement } from './sn-element.ts'

/** "5 minutes ago" must not stay true for long. */
const CLOCK_TICK_MS = 30_000

/** What an inside is given: its element, and what only the element can say. */
export interface Place {
  host: SnElement
  say: Say
  reader(): Reader
  options(): RequestOptions
}

/** What comes later: it draws into the element and asks the server. */
export interface Inside extends ReactiveController {
  /** Reads everything anew, as whoever asks now. Called when it may begin, and after each change of base, token or subject. */
  start(): Promise<void>
  render(): TemplateResult
}

/** An inside and the sheets that only it needs. */
export interface Loaded {
  inside: Inside
  styles: readonly CSSResultOrNative[]
}

export abstract class LateElement extends SnElement {
  static override properties: PropertyDeclarations = { failed: { state: true } }
  static override styles: CSSResultGroup = [tokens, controls, frame, sheet, form]

  /** The inside could not be loaded. */
  declare private failed: boolean
  private inside: Inside | null = null
  private loading = false
  private begun = false
  private clockTimer: ReturnType<typeof setInterval> | undefined
  private stopWaiting: (() => void) | null = null

  constructor() {
    super()
    this.failed = false
  }

  protected abstract load(place: Place): Promise<Loaded>

  override connectedCallback(): void {
    super.connectedCallback()
    this.clockTimer = setInterval(() => {
      if (document.visibilityState === 'visible') this.requestUpdate()
    }, CLOCK_TICK_MS)
    void this.bring()
    this.stopWaiting = whenScriptsRan(() => void this.begin())
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.clockTimer)
    this.stopWaiting?.()
    this.begun = false
  }

  /** Reads everything anew. */
  async refresh(): Promise<void> {
    await this.inside?.start()
  }

  private async bring(): Promise<void> {
    if (this.inside !== null || this.loading) return
    this.loading = true
    this.failed = false
    try {
      const { inside, styles } = await this.load({
        host: this,
        say: this.say,
        reader: () => this.reader(),
        options: () => this.requestOptions(),
      })
      await this.updateComplete
      this.take(inside, styles)
    } catch {
      this.failed = true
    }
    this.loading = false
  }

  private take(inside: Inside, styles: readonly CSSResultOrNative[]): void {
    const root = this.renderRoot
    const sheets = [...LateElement.elementStyles, ...styles]
    if (root instanceof ShadowRoot) adoptStyles(root, sheets)
    this.inside = inside
    this.addController(inside)
    this.requestUpdate()
    if (this.begun) void inside.start()
  }

  private async begin(): Promise<void> {
    await this.updateComplete
    if (!this.isConnected || this.begun) return
    this.begun = true
    await this.refresh()
  }

  /** Names of the properties after whose change everything is read anew. */
  protected subjects(): readonly string[] {
    return ['apiBase', 'getToken', 'fetch']
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.begun && this.subjects().some((name) => changed.has(name))) void this.refresh()
  }

  protected override render(): TemplateResult {
    if (this.inside !== null) return this.inside.render()
    const waiting = html`<div class="waiting" aria-hidden="true"><i></i><i></i><i></i></div>
      <p class="hidden">${this.say('loadingMore')}</p>`
    const again = html`<p role="alert">${this.say('errorText')}</p>
      <button type="button" class="button" @click=${() => void this.bring()}>${icons.refresh}${this.say('retry')}</button>`
    return html`<div class="root"><section class="card"><div class="panel">${this.failed ? again : waiting}</div></section></div>`
  }
}
