/** Puts `<sn-integrations>` or `<sn-datasets>` into the test page and takes it out again. Browser tests only. */
import '../../src/define.ts'
import type { Permission } from '@snowline/protocol'
import { afterEach, vi } from 'vitest'
import { type AdminRoutes, fakeAdmin } from './fake-admin.ts'
import { NOW } from './incidents.ts'

afterEach(() => {
  document.body.replaceChildren()
  document.body.removeAttribute('style')
  document.documentElement.removeAttribute('dir')
  document.documentElement.style.colorScheme = ''
  vi.useRealTimers()
})

interface Setup {
  permissions?: readonly Permission[]
  /** Properties of the element. */
  set?: object
}

export function mountAdmin<T extends 'sn-integrations' | 'sn-datasets'>(
  tag: T,
  routes: AdminRoutes = {},
  setup: Setup = {},
) {
  const api = fakeAdmin(routes, setup.permissions)
  const element: HTMLElementTagNameMap[T] = document.createElement(tag)
  Object.assign(element, { fetch: api.fetch, clock: () => NOW }, setup.set)
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
    all: (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)],
    has: (selector: string) => root.querySelector(selector) !== null,
    text: (selector = '.root') => find(selector).textContent?.replace(/\s+/g, ' ').trim() ?? '',
    /** The button, once it is there. */
    press: (act: string) => vi.waitFor(() => find<HTMLButtonElement>(`[data-act=${act}]`).click()),
    field: (name: string) => find<HTMLInputElement>(`dialog [name=${name}]`),
    dialog: () => find<HTMLDialogElement>('dialog'),
  }
}

export type MountedAdmin = ReturnType<typeof mountAdmin>
