/** Whatever a server, an instance or a colleague has written is text in the administration's elements too. */
import { paths } from '@snowline/protocol'
import { expect, test, vi } from 'vitest'
import { frame, integration, ONE, progress, run, stream, syncHeaders, version } from './support/fake-admin.ts'
import { problem } from './support/fake-api.ts'
import { type MountedAdmin, mountAdmin } from './support/mount-admin.ts'

const attacks: readonly string[] = [
  '<img src=x onerror="globalThis.hostileRan=1">',
  '<script>globalThis.hostileRan=1</script>',
  '"><svg onload=globalThis.hostileRan=1>',
  'javascript:globalThis.hostileRan=1',
  `{{7*7}} ${'$'}{7*7} <!--?lit$1$-->`,
  '\u202Egnp.exe RTL override',
  `${'A'.repeat(1 << 17)} 128 KiB`,
]

function unharmed({ all, element }: MountedAdmin): void {
  expect(all('img, script, iframe, object, embed, foreignObject')).toEqual([])
  expect(all('[onerror], [onload], [onmouseover], [onclick]')).toEqual([])
  expect(all('a[href^="javascript:" i]')).toEqual([])
  expect(globalThis.hostileRan).toBeUndefined()
  expect(element.scrollWidth, 'nothing pushes the page apart').toBeLessThanOrEqual(element.clientWidth)
}

test.each(attacks.map((text) => [text.slice(0, 40), text]))(
  'integrations: %s stays text',
  async (_name, text) => {
    globalThis.hostileRan = undefined
    const open = stream(syncHeaders)
    const error = { code: text.slice(0, 90), message: text, hint: text }
    const one = integration({
      service_name: text,
      config: { url: text, username: text, schedule: text, query: text, table: text },
      last_sync_status: 'error',
      last_sync_error: text,
      last_synced_at: text.slice(0, 90),
      schedule_paused: { reason: text, since: text.slice(0, 90), by: text },
    })
    const mounted = mountAdmin('sn-integrations', {
      [`GET ${paths.integrations}`]: () => ({ success: true, integrations: [one] }),
      [`GET ${paths.runs(ONE)}`]: () => ({
        success: true,
        runs: [run({ started_at: text.slice(0, 90), error })],
        nextCursor: null,
      }),
      [`POST ${paths.sync(ONE)}`]: () => open.response,
      [`POST ${paths.integration(ONE)}/test`]: () => ({
        success: true,
        checks: [{ id: 'x', status: 'fail', message: text, hint: text }],
      }),
      [`PATCH ${paths.integration(ONE)}`]: () =>
        problem('validation_failed', {
          detail: text,
          hint: text,
          errors: [
            { path: 'config.url', message: text },
            { path: text.slice(0, 90), message: text },
          ],
        }),
    })
    await mounted.press('test')
    await vi.waitFor(() => mounted.find('[data-tested]'))
    unharmed(mounted)
    await mounted.press('sync')
    open.write(frame(1, { type: 'progress', data: progress({ message: text, incidents: [text] }) }))
    await vi.waitFor(() => mounted.find('progress'))
    unharmed(mounted)
    await mounted.press('history')
    await vi.waitFor(() => mounted.find('.runs li'))
    unharmed(mounted)
    mounted.find('.close').click()
    await mounted.press('edit')
    await vi.waitFor(() => mounted.field('url'))
    mounted.field('batchSize').value = '9'
    await mounted.press('save')
    await vi.waitFor(() => mounted.find('#fault-url'))
    unharmed(mounted)
  },
)

test.each(attacks.map((text) => [text.slice(0, 40), text]))(
  'datasets: %s stays text',
  async (_name, text) => {
    globalThis.hostileRan = undefined
    const odd = version(2, {
      created_by: text,
      cause: text,
      notes: text,
      content_hash: text,
      created_at: text.slice(0, 90),
    })
    const record = { number: text, short_description: text, state: text, nested: { deep: text } }
    const mounted = mountAdmin('sn-datasets', {
      [`GET ${paths.integrations}`]: () => ({
        success: true,
        integrations: [integration({ service_name: text })],
      }),
      [`GET ${paths.datasets}`]: () => ({ success: true, versions: [odd, version(1)], nextCursor: null }),
      [`GET ${paths.datasetIncidents(2)}`]: () => ({
        success: true,
        incidents: [
          { sys_id: text, record },
          { sys_id: 'x', record: null },
        ],
        nextCursor: null,
      }),
      [`GET ${paths.datasetDiff(1, 2)}`]: () => ({
        success: true,
        counts: { added: 0, updated: 1, deleted: 0 },
        changes: [
          {
            sys_id: text,
            number: text,
            kind: 'updated',
            fields: [{ field: text.slice(0, 90), from: text, to: text }],
          },
        ],
        nextCursor: null,
      }),
    })
    await vi.waitFor(() => mounted.find('tbody .link').click())
    await vi.waitFor(() => mounted.find('.items li'))
    unharmed(mounted)
    mounted.find('.close').click()
    await mounted.press('compare')
    await vi.waitFor(() => mounted.find('.diffs li'))
    unharmed(mounted)
  },
)
