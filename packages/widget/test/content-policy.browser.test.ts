/** The element in a page with the strictest policy we promise to run under: nothing is violated. */
import { afterEach, expect, test, vi } from 'vitest'
import { fakeAdmin } from './support/fake-admin.ts'
import { fakeApi } from './support/fake-api.ts'
import { fakeTickets, TICKET } from './support/fake-tickets.ts'

const policy = [
  "default-src 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
  "object-src 'none'",
].join('; ')

afterEach(() => document.querySelector('iframe')?.remove())

/** A frame whose page carries the policy and our script tag, written by the parser as a host would write it. */
async function strictPage(script = 'cdn.ts', tag = 'sn-incidents'): Promise<Document> {
  const frame = document.createElement('iframe')
  const source = new URL(`../src/${script}`, import.meta.url).href
  frame.srcdoc = `<!doctype html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="${policy}"></head>
    <body><${tag}></${tag}><script type="module" src="${source}"></script></body></html>`
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  await loaded
  if (frame.contentDocument === null) throw new Error('the frame has no document')
  return frame.contentDocument
}

test(`a page with the policy "${policy}" shows rows and details without one violation`, async () => {
  const page = await strictPage()
  const violations: string[] = []
  page.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)
  })
  const element = page.querySelector('sn-incidents')
  if (element === null) throw new Error('the page has no element')
  await vi.waitFor(() => expect(element.shadowRoot).not.toBeNull())
  element.fetch = fakeApi().fetch
  await vi.waitFor(() => expect(element.shadowRoot?.querySelectorAll('tbody tr')).toHaveLength(25))
  element.shadowRoot?.querySelector<HTMLButtonElement>('.number')?.click()
  await vi.waitFor(() => expect(element.shadowRoot?.querySelector('dialog[open] .facts')).not.toBeNull())
  expect(violations).toEqual([])

  page.body.setAttribute('style', 'color: red')
  await vi.waitFor(() => expect(violations).toHaveLength(1))
  expect(violations[0], 'the policy is really in force').toContain('style-src')
})

test('the panel of a ticket and its dialog violate nothing either', async () => {
  const page = await strictPage('cdn-all.ts', 'sn-ticket')
  const violations: string[] = []
  page.addEventListener('securitypolicyviolation', ({ effectiveDirective, sample }) => {
    violations.push(`${effectiveDirective} ${sample}`)
  })
  const element = page.querySelector('sn-ticket')
  if (element === null) throw new Error('the page has no element')
  await vi.waitFor(() => expect(element.shadowRoot).not.toBeNull())
  Object.assign(element, { fetch: fakeTickets({}).fetch, ticketId: TICKET })
  const root = element.shadowRoot
  await vi.waitFor(() => expect(root?.querySelector('[data-act=create]')).not.toBeNull())
  root?.querySelector<HTMLButtonElement>('[data-act=create]')?.click()
  await vi.waitFor(() => expect(root?.querySelector('dialog[open] textarea')).not.toBeNull())
  expect(violations).toEqual([])
})

test.each([
  ['sn-integrations', '[data-act=add]', 'dialog[open] input'],
  ['sn-datasets', '[data-act=ask-rollback]', 'dialog[open] textarea'],
] as const)('%s and its dialog violate nothing either', async (tag, button, ready) => {
  const page = await strictPage('cdn-all.ts', tag)
  const violations: string[] = []
  page.addEventListener('securitypolicyviolation', ({ effectiveDirective, sample }) => {
    violations.push(`${effectiveDirective} ${sample}`)
  })
  const element = page.querySelector(tag)
  if (element === null) throw new Error('the page has no element')
  await vi.waitFor(() => expect(element.shadowRoot).not.toBeNull())
  // The frame lacks what the test runner puts around a dynamic import; the built file has no such thing.
  Object.assign(page.defaultView ?? {}, {
    __vitest_browser_runner__: { wrapDynamicImport: (load: () => unknown) => load() },
  })
  Object.assign(element, { fetch: fakeAdmin().fetch })
  const root = element.shadowRoot
  await vi.waitFor(() => {
    root?.querySelector<HTMLButtonElement>('[role=alert] + button')?.click()
    expect(root?.querySelector(button)).not.toBeNull()
  })
  root?.querySelector<HTMLButtonElement>(button)?.click()
  await vi.waitFor(() => expect(root?.querySelector(ready)).not.toBeNull())
  expect(violations).toEqual([])
})
