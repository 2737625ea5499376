/** Search, the two filter menus, the order for narrow pages, and the active filters as chips. */
import type { ChoiceView } from '@snowline/protocol'
import { html, nothing, type TemplateResult } from 'lit'
import { icons } from '../../look/icons.ts'
import { type Choices, labelOf } from '../../state/choices.ts'
import {
  type ChoiceGroup,
  encodeSort,
  type Filters,
  isFiltered,
  parseSort,
  type Sort,
} from '../../state/filters.ts'
import type { Say } from '../../text/messages.ts'
import type { Column } from './columns.ts'

export interface ToolbarView {
  filters: Filters
  choices: Choices
  columns: readonly Column[]
  /** What stands in the search field; runs ahead of `filters.q` while the reader types. */
  typed: string
  openMenu: ChoiceGroup | null
  say: Say
  onSearch(text: string): void
  onSearchNow(): void
  onToggle(group: ChoiceGroup, value: string): void
  onMenu(group: ChoiceGroup | null): void
  onSortBy(sort: Sort): void
  onClear(): void
}

export function toolbar(view: ToolbarView): TemplateResult {
  const { say } = view
  return html`<div class="toolbar" part="toolbar" role="search" aria-label=${say('search')}>
      <label class="search">
        <span class="hidden">${say('search')}</span>${icons.search}
        <input
          type="search"
          placeholder=${say('search')}
          autocomplete="off"
          maxlength="200"
          .value=${view.typed}
          @input=${(event: InputEvent) => view.onSearch((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && view.onSearchNow()}
        />
      </label>
      ${menu('states', say('filterState'), view.choices.states, view)}
      ${menu('priorities', say('filterPriority'), view.choices.priorities, view)} ${order(view)}
    </div>
    ${chips(view)}`
}

function menu(
  group: ChoiceGroup,
  label: string,
  choices: readonly ChoiceView[],
  view: ToolbarView,
): TemplateResult {
  const open = view.openMenu === group
  const chosen = view.filters[group]
  const listed = [
    ...choices,
    ...chosen
      .filter((value) => !choices.some((choice) => choice.value === value))
      .map((value) => ({ value, label: value })),
  ]
  return html`<div
    class="menu"
    @keydown=${(event: KeyboardEvent) => closeOnEscape(event, view)}
    @focusout=${(event: FocusEvent) => open && closeWhenLeft(event, view)}
  >
    <button
      type="button"
      class="button"
      data-menu=${group}
      aria-expanded=${open ? 'true' : 'false'}
      aria-controls=${`menu-${group}`}
      @click=${() => view.onMenu(open ? null : group)}
    >
      ${label}${
        chosen.length > 0
          ? html`<span class="badge" aria-hidden="true">${chosen.length}</span
              ><span class="hidden">${view.say('selectedCount', chosen.length)}</span>`
          : nothing
      }${icons.chevronDown}
    </button>
    <div id=${`menu-${group}`} class="sheet" role="group" aria-label=${label} tabindex="-1" ?hidden=${!open}>
      ${listed.map(
        ({ value, label: words }) => html`<label class="choice">
          <input
            type="checkbox"
            .checked=${chosen.includes(value)}
            @change=${() => view.onToggle(group, value)}
          /><span>${words}</span>
        </label>`,
      )}
    </div>
  </div>`
}

function closeOnEscape(event: KeyboardEvent, view: ToolbarView): void {
  if (event.key !== 'Escape' || view.openMenu === null) return
  event.stopPropagation()
  const menuElement = event.currentTarget
  view.onMenu(null)
  if (menuElement instanceof HTMLElement) menuElement.querySelector('button')?.focus()
}

function closeWhenLeft(event: FocusEvent, view: ToolbarView): void {
  const next = event.relatedTarget
  if (next instanceof Node && event.currentTarget instanceof Node && event.currentTarget.contains(next))
    return
  view.onMenu(null)
}

/** Cards have no headings to press, so the order is a list there. */
function order(view: ToolbarView): TemplateResult {
  const current = encodeSort(view.filters.sort)
  const options = view.columns.flatMap((column) =>
    column.sort === null
      ? []
      : [true, false].map((descending) => ({
          code: encodeSort({ key: column.sort ?? 'updated_on', descending }),
          words: view.say(descending ? 'sortDescending' : 'sortAscending', column.label),
        })),
  )
  return html`<label class="order">
    <span class="hidden">${view.say('sortBy')}</span>
    <select @change=${(event: Event) => chooseOrder(event, view)}>
      ${options.map(({ code, words }) => html`<option value=${code} .selected=${code === current}>${words}</option>`)}
    </select>
  </label>`
}

function chooseOrder(event: Event, view: ToolbarView): void {
  const sort = parseSort((event.target as HTMLSelectElement).value)
  if (sort !== null) view.onSortBy(sort)
}

function chips(view: ToolbarView): TemplateResult | typeof nothing {
  if (!isFiltered(view.filters)) return nothing
  const { say, filters, choices } = view
  return html`<div class="chips" role="group" aria-label=${say('activeFilters')}>
    ${filters.states.map((value) => chip('states', say('filterState'), value, labelOf(choices.states, value), view))}
    ${filters.priorities.map((value) => chip('priorities', say('filterPriority'), value, labelOf(choices.priorities, value), view))}
    <button type="button" class="link clear" @click=${() => view.onClear()}>${say('clearFilters')}</button>
  </div>`
}

function chip(
  group: ChoiceGroup,
  name: string,
  value: string,
  words: string,
  view: ToolbarView,
): TemplateResult {
  return html`<button
    type="button"
    class="filter-chip"
    aria-label=${view.say('removeFilter', name, words)}
    @click=${() => view.onToggle(group, value)}
  >
    ${view.say('filterChip', name, words)}${icons.cross}
  </button>`
}
