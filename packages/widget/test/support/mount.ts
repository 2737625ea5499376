/** Puts an element into the test page and takes it out again. Browser tests only. */
import '../../src/define.ts'
import { afterEach } from 'vitest'
import type { SnIncidents } from '../../src/index.ts'
import { type FakeRoutes, fakeApi } from './fake-api.ts'
import { NOW } from './incidents.ts'

afterEach(() => {
  document.body.replaceChildren()
  document.documentElement.removeAttribute('dir')
  document.documentElement.style.colorScheme = ''
  history.replaceState(null, '', location.pathname + location.search)
})

export interface Mounted {
  element: SnIncidents
  root: ShadowRoot
  api: ReturnType<typeof fakeApi>
  text(): string
  find<E extends Element = HTMLElement>(selector: string): E
  all(selector: string): HTMLElement[]
}

export type Setup = Partial<
  Pick<SnIncidents, 'getToken' | 'theme' | 'ticketHref' | 'columns' | 'pageSize' | 'hashKey' | 'messages'>
>

export function mount(routes: FakeRoutes = {}, setup: Setup = {}, children = ''): Mounted {
  const api = fakeApi(routes)
  const element = document.createElement('sn-incidents')
  Object.assign(element, { fetch: api.fetch, clock: () => NOW }, setup)
  element.append(...parse(children))
  document.body.append(element)
  const root = element.shadowRoot
  if (root === null) throw new Error('the element has no shadow root')
  return {
    element,
    root,
    api,
    text: () => root.textContent?.replace(/\s+/g, ' ') ?? '',
    find<E extends Element = HTMLElement>(selector: string): E {
      const found = root.querySelector<E>(selector)
      if (found === null) throw new Error(`nothing matches ${selector}`)
      return found
    },
    all: (selector) => [...root.querySelectorAll<HTMLElement>(selector)],
  }
}

function parse(markup: string): ChildNode[] {
  return [...new DOMParser().parseFromString(markup, 'text/html').body.childNodes]
}
