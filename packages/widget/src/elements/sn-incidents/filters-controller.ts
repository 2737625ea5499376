/** What the reader asks to see: the typed search with its delay, the open menu, the chosen filters, the page's hash. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import {
  type ChoiceGroup,
  clearFilters,
  encodeFilters,
  type Filters,
  noFilters,
  parseFilters,
  type Sort,
  toggleChoice,
} from '../../state/filters.ts'
import { hashPart, replaceHashPart } from '../page-hash.ts'

/** Long enough to finish a word, short enough to feel at once. */
const SEARCH_DELAY_MS = 250

type Host = ReactiveControllerHost & { hashKey: string }

export class FiltersController implements ReactiveController {
  current: Filters = noFilters
  /** What stands in the search field; runs ahead of `current.q` while the reader types. */
  typed = ''
  openMenu: ChoiceGroup | null = null

  private readonly host: Host
  private readonly onChange: (filters: Filters) => void
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: Host, onChange: (filters: Filters) => void) {
    this.host = host
    this.onChange = onChange
    host.addController(this)
  }

  hostConnected(): void {
    addEventListener('hashchange', this.followHash)
  }

  hostDisconnected(): void {
    removeEventListener('hashchange', this.followHash)
    clearTimeout(this.timer)
  }

  /** Takes over what the page's hash says, without telling anybody: for the beginning. */
  readHash(): void {
    if (this.host.hashKey !== '') this.use(parseFilters(hashPart(this.host.hashKey)))
  }

  search(text: string): void {
    this.typed = text
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.searchNow(), SEARCH_DELAY_MS)
    this.host.requestUpdate()
  }

  searchNow(): void {
    const wished = this.wished()
    if (wished.q !== this.current.q) this.apply(wished)
  }

  toggle(group: ChoiceGroup, value: string): void {
    this.apply(toggleChoice(this.wished(), group, value))
  }

  sortBy(sort: Sort): void {
    this.apply({ ...this.wished(), sort })
  }

  clear(): void {
    this.apply(clearFilters(this.current))
  }

  showMenu(group: ChoiceGroup | null): void {
    this.openMenu = group
    this.host.requestUpdate()
  }

  /** The filters with the words typed so far, so that a press elsewhere does not throw them away. */
  private wished(): Filters {
    return { ...this.current, q: this.typed.trim() }
  }

  private apply(filters: Filters): void {
    clearTimeout(this.timer)
    this.use(filters)
    replaceHashPart(this.host.hashKey, encodeFilters(filters))
    this.onChange(filters)
  }

  /** A space at the end of what is being typed stays: it belongs to the next word. */
  private use(filters: Filters): void {
    this.current = filters
    if (this.typed.trim() !== filters.q) this.typed = filters.q
    this.host.requestUpdate()
  }

  private readonly followHash = (): void => {
    const before = encodeFilters(this.current)
    this.readHash()
    if (encodeFilters(this.current) !== before) this.onChange(this.current)
  }
}
