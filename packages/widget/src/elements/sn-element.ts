/** What every element of ours shares: where the API is, who asks, which words, which theme. */
import { type FunctionParams, LocalizeController } from '@shoelace-style/localize'
import { LitElement, type PropertyDeclarations } from 'lit'
import type { GetToken, RequestOptions } from '../api/request.ts'
import type { Reader } from '../look/time.ts'
import {
  type MessageKey,
  type MessageOverrides,
  type Messages,
  registerEnglish,
  type Say,
} from '../text/messages.ts'

export type Theme = 'auto' | 'light' | 'dark'

/**
 * The base of `<sn-incidents>` and its sisters. Attributes: `api-base` (default `/api`) and `theme`
 * (`auto` follows the page's `color-scheme`; `light` and `dark` insist). The rest are properties only: a token never
 * stands in an attribute, where every script and every saved page can read it.
 */
export class SnElement extends LitElement {
  static override properties: PropertyDeclarations = {
    apiBase: { attribute: 'api-base' },
    theme: { reflect: true },
    getToken: { attribute: false },
    fetch: { attribute: false },
    clock: { attribute: false },
    messages: { attribute: false },
  }

  declare apiBase: string
  declare theme: Theme
  /** Gives the bearer token; asked once more after a 401, then `sn-auth-required` is fired. */
  declare getToken: GetToken | undefined
  /** Replaces the page's `fetch`, for a host that signs its requests itself. */
  declare fetch: typeof globalThis.fetch | undefined
  /** Replaces the browser's clock. */
  declare clock: (() => Date) | undefined
  /** Some of our words replaced by the host's. */
  declare messages: MessageOverrides | undefined

  private readonly localize: LocalizeController<Messages>

  constructor() {
    super()
    registerEnglish()
    this.localize = new LocalizeController<Messages>(this)
    this.apiBase = '/api'
    this.theme = 'auto'
  }

  /** Says a message: the host's own words first, then the reader's language, then English. */
  protected readonly say: Say = <K extends MessageKey>(
    key: K,
    ...values: FunctionParams<Messages[K]>
  ): string => {
    const own: unknown = this.messages?.[key]
    if (typeof own === 'string') return own
    if (typeof own === 'function') return String(own(...values))
    return this.localize.term(key, ...values)
  }

  /** Dates speak the language the words speak, in the reader's own variant of it where the browser knows one. */
  protected reader(): Reader {
    const page = this.localize.lang()
    const language = this.localize.exists('heading', { lang: page }) ? page : 'en'
    const variant = navigator.languages.find((one) => one.toLowerCase().startsWith(`${language}-`))
    return { now: this.clock?.() ?? new Date(), locale: variant ?? language }
  }

  /** Where a client of this element asks, and as whom. */
  protected requestOptions(): RequestOptions {
    return { base: this.apiBase, getToken: this.getToken, fetch: this.fetch }
  }
}
