/** Puts `<sn-ticket>` into the test page and takes it out again. Browser tests only. */
import '../../src/define.ts'
import { afterEach, vi } from 'vitest'
import type { SnTicket } from '../../src/index.ts'
import { fakeTickets, TICKET, type TicketRoutes } from './fake-tickets.ts'
import { NOW } from './incidents.ts'

afterEach(() => {
  document.body.replaceChildren()
  document.body.removeAttribute('style')
  document.documentElement.removeAttribute('dir')
  document.documentElement.style.colorScheme = ''
  vi.useRealTimers()
})

export function mountTicket(routes: TicketRoutes = {}, setup: Partial<SnTicket> = {}) {
  const api = fakeTickets(routes)
  const element = document.createElement('sn-ticket')
  Object.assign(element, { fetch: api.fetch, clock: () => NOW, ticketId: TICKET }, setup)
  document.body.append(element)
  const root = element.shadowRoot
  if (root === null) throw new Error('the element has no shadow root')
  function find<E extends Element = HTMLElement>(selector: string): E {
    const found = root?.querySelector<E>(selector)
    if (!found) throw new Error(`nothing matches ${selector}`)
    return found
  }
  return {
    element,
    root,
    api,
    find,
    has: (selector: string) => root.querySelector(selector) !== null,
    text: (selector = '.root') => find(selector).textContent?.replace(/\s+/g, ' ').trim() ?? '',
    act: (name: string) => find<HTMLButtonElement>(`[data-act=${name}]`),
    /** The button, once the panel shows it. */
    press: (name: string) => vi.waitFor(() => find<HTMLButtonElement>(`[data-act=${name}]`).click()),
    dialog: () => find<HTMLDialogElement>('dialog'),
    field: (name: string) => find<HTMLInputElement>(`dialog [name=${name}]`),
  }
}

export type MountedTicket = ReturnType<typeof mountTicket>
