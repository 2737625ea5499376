/** Whatever an instance sends is text: no element, no script, no dialog, no dangerous link comes out of it. */
import { expect, test, vi } from 'vitest'
import { clip } from '../src/text/format.ts'
import { detail, health, incident, page } from './support/incidents.ts'
import { type Mounted, mount } from './support/mount.ts'

declare global {
  var hostileRan: number | undefined
}

const attacks: readonly string[] = [
  '<img src=x onerror="globalThis.hostileRan=1">',
  '<script>globalThis.hostileRan=1</script>',
  '"><svg onload=globalThis.hostileRan=1>',
  "' onmouseover='globalThis.hostileRan=1",
  `{{7*7}} ${'$'}{7*7} <!--?lit$1$-->`,
  '\u202Egnp.exe RTL override',
  `${'A'.repeat(1 << 20)} one mebibyte`,
]

function poisoned(text: string) {
  const choice = { value: text, label: text }
  const reference = { sys_id: text, name: text }
  return incident(0, {
    sys_id: text.slice(0, 200),
    number: text.slice(0, 200),
    short_description: text,
    description: text,
    state: choice,
    priority: choice,
    impact: choice,
    urgency: choice,
    category: choice,
    subcategory: choice,
    assignment_group: reference,
    assigned_to: reference,
    caller: reference,
    updated_on: text.slice(0, 200),
    opened_at: text.slice(0, 200),
    close_code: text,
    close_notes: text,
    open_url: text.slice(0, 200),
    ticket_id: text.slice(0, 200),
    fields: { u_x: text, [text.slice(0, 60)]: text },
  })
}

async function show(mounted: Mounted): Promise<void> {
  await vi.waitFor(() => mounted.find('.number'), { timeout: 10_000 })
  mounted.find('.number').click()
  for (const tab of ['details', 'activity', 'raw']) {
    await vi.waitFor(() => mounted.find(`#tab-${tab}`), { timeout: 10_000 })
    mounted.find(`#tab-${tab}`).click()
    await mounted.element.updateComplete
    expect(mounted.all('img, script, iframe, object, embed, foreignObject')).toEqual([])
    expect(mounted.all('[onerror], [onload], [onmouseover], [onclick]')).toEqual([])
  }
}

test.each(attacks.map((text) => [text.slice(0, 40), text]))(
  '%s in every field stays text',
  async (_name, text) => {
    globalThis.hostileRan = undefined
    const row = poisoned(text)
    const entry = { kind: 'comments' as const, text, created_on: text.slice(0, 99), created_by: text }
    const mounted = mount({
      health: () => health({ instance: text.slice(0, 200), message: text }),
      incidents: () => page([row], { instance: text.slice(0, 200) }),
      incident: () => ({ success: true, incident: detail(row, { journal: [entry] }) }),
    })
    await show(mounted)
    expect(mounted.find('h2#details-title').textContent).toBe(clip(text, 500))
    expect(globalThis.hostileRan).toBeUndefined()
  },
)

test.each([
  'javascript:alert(1)',
  '//evil.test',
  'data:text/html,x',
  'https://a@evil.test/',
  'http://dev12345.service-now.com/',
])('the address %s becomes no link', async (address) => {
  const mounted = mount({ incidents: () => page([incident(0, { open_url: address })]) })
  await vi.waitFor(() => mounted.find('.number'), { timeout: 10_000 })
  mounted.find('.number').click()
  await vi.waitFor(() => mounted.find('.facts'))
  expect(mounted.all('a')).toEqual([])
})

test('a hostile instance address is shown as text and never as the link of the sleeping panel', async () => {
  const mounted = mount({
    health: () => health({ status: 'asleep', instance: 'javascript://alert(1)' }),
    incidents: () => new Response('{"code":"sn_unavailable"}', { status: 503 }),
  })
  await vi.waitFor(() => mounted.find('[data-scene=asleep]'))
  expect(mounted.all('a')).toEqual([])
})
