/** Sync in `<sn-integrations>`: begun, watched, broken off, joined after a reload, cancelled, ended. */
import { paths } from '@snowline/protocol'
import { expect, test, vi } from 'vitest'
import {
  batch,
  cancelled,
  complete,
  fetching,
  frame,
  integration,
  ONE,
  RUN,
  run,
  stream,
  syncHeaders,
} from '../../support/fake-admin.ts'
import { problem } from '../../support/fake-api.ts'
import { type MountedAdmin, mountAdmin } from '../../support/mount-admin.ts'

const sync = `POST ${paths.sync(ONE)}`
const events = `GET ${paths.runEvents(RUN)}`
const runs = `GET ${paths.runs(ONE)}`

function listen({ element }: MountedAdmin) {
  const seen: unknown[] = []
  document.body.addEventListener('sn-sync-progress', ({ detail }) => seen.push(detail.progress.batch))
  element.addEventListener('sn-sync-complete', ({ detail }) => seen.push(detail))
  return seen
}

test('Sync now: phase, batches, remaining time, summary, and the events of the element', async () => {
  const open = stream(syncHeaders)
  const mounted = mountAdmin('sn-integrations', { [sync]: () => open.response })
  const seen = listen(mounted)
  await mounted.press('sync')
  open.write(`retry: 3000\n\n${frame(1, fetching)}`)
  await vi.waitFor(() => expect(mounted.text('.run-now')).toBe('Fetching incidents'))
  expect(mounted.find<HTMLProgressElement>('progress').position, 'nobody knows how far').toBe(-1)
  expect(mounted.has('[data-act=sync]'), 'not twice at once').toBe(false)
  open.write(frame(2, batch(1)) + frame(3, batch(3)))
  await vi.waitFor(() => expect(mounted.find<HTMLProgressElement>('progress').value).toBe(25))
  const facts = mounted.text('.run-facts')
  for (const words of ['Batch 3 of 12', '15 of 57 incidents', '12 added, 3 updated', 'about 9 seconds left'])
    expect(facts).toContain(words)
  open.write(frame(4, complete))
  await vi.waitFor(() => mounted.find('[data-run=complete]'))
  expect(mounted.text('[data-run=complete]')).toContain(
    '45 added, 12 updated, 3 unchanged, 1 deleted · dataset version 4',
  )
  expect(mounted.text('[role=status]')).toContain('ServiceNow: Sync finished')
  expect(seen.slice(0, 3)).toEqual([0, 1, 3])
  expect(seen[3]).toMatchObject({
    integrationId: ONE,
    runId: RUN,
    success: true,
    version: 4,
    error: null,
    stats: { total: 58 },
  })
  expect(seen).toHaveLength(4)
  mounted.find('.dismiss').click()
  await vi.waitFor(() => expect(mounted.has('[data-run]')).toBe(false))
  expect(mounted.has('[data-act=sync]')).toBe(true)
})

test('a connection that breaks is told, joined again after the last event, and nothing is told twice', async () => {
  const first = stream(syncHeaders)
  const second = stream()
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () => first.response,
    [events]: () => second.response,
  })
  const seen = listen(mounted)
  await mounted.press('sync')
  first.write(frame(1, fetching) + frame(2, batch(1)))
  await vi.waitFor(() => expect(seen).toEqual([0, 1]))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  first.cut()
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(0)
    return mounted.has('.run-lost')
  })
  await vi.advanceTimersByTimeAsync(3_000)
  vi.useRealTimers()
  second.write(frame(2, batch(1)) + frame(3, batch(2)) + frame(4, complete))
  await vi.waitFor(() => mounted.find('[data-run=complete]'))
  expect(mounted.has('.run-lost')).toBe(false)
  expect(seen.slice(0, 3)).toEqual([0, 1, 2])
  expect(mounted.api.of(events).map(({ headers }) => headers.get('last-event-id'))).toEqual([`${RUN}:2`])
})

test('after a reload the run that is under way is found and followed from its first event', async () => {
  const open = stream()
  const mounted = mountAdmin('sn-integrations', {
    [runs]: () => ({ success: true, runs: [run({ state: 'running', finished_at: null })], nextCursor: null }),
    [events]: () => open.response,
  })
  open.write(frame(1, fetching) + frame(2, batch(6)))
  await vi.waitFor(() => expect(mounted.find<HTMLProgressElement>('progress').value).toBe(50))
  expect(mounted.api.of(events)[0]?.headers.get('last-event-id')).toBeNull()
  expect(mounted.api.of(sync)).toEqual([])
  open.write(frame(3, complete))
  await vi.waitFor(() => mounted.find('[data-run=complete]'))
  await mounted.element.refresh()
  expect(mounted.has('[data-run=complete]'), 'a list that lags behind begins nothing again').toBe(true)
  expect(mounted.api.of(events)).toHaveLength(1)
})

test('a sync that is running already is joined instead of being begun', async () => {
  const open = stream()
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () => problem('sync_running', { runId: RUN }),
    [events]: () => open.response,
  })
  await mounted.press('sync')
  open.write(frame(1, batch(3)))
  await vi.waitFor(() => expect(mounted.find<HTMLProgressElement>('progress').value).toBe(25))
  expect(mounted.has('[role=alert]')).toBe(false)
})

test('Cancel asks the run to stop; it ends with its own event, and that is no failure', async () => {
  const open = stream(syncHeaders)
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () => open.response,
    [`DELETE ${paths.run(RUN)}`]: () => ({ success: true, run: run({ state: 'running' }) }),
  })
  const seen = listen(mounted)
  await mounted.press('sync')
  open.write(frame(1, batch(3)))
  await mounted.press('cancel-run')
  await vi.waitFor(() =>
    expect(mounted.find('[data-act=cancel-run]').getAttribute('aria-disabled')).toBe('true'),
  )
  expect(mounted.api.writes().map(({ route }) => route)).toContain(`DELETE ${paths.run(RUN)}`)
  open.write(frame(2, cancelled))
  await vi.waitFor(() => expect(mounted.text('[data-run=cancelled]')).toContain('Sync cancelled'))
  expect(mounted.has('[role=alert]')).toBe(false)
  expect(seen.at(-1)).toMatchObject({ success: false, error: { code: 'run_cancelled' } })
})

test('a failed run says why and what to do, as an alert once', async () => {
  const open = stream(syncHeaders)
  const mounted = mountAdmin('sn-integrations', { [sync]: () => open.response })
  await mounted.press('sync')
  const data = {
    success: false as const,
    code: 'sn_unavailable' as const,
    message: 'The instance sleeps.',
    hint: 'Wake it.',
    runId: RUN,
  }
  open.write(frame(1, { type: 'error', data }))
  await vi.waitFor(() =>
    expect(mounted.text('[data-run=failed]')).toContain('The sync failedThe instance sleeps. Wake it.'),
  )
  expect(mounted.all('[role=alert]')).toHaveLength(1)
})

test('when very much is gone a person may confirm it, and that is said to the server', async () => {
  const first = stream(syncHeaders)
  const second = stream(syncHeaders)
  let begun = 0
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () => (begun++ === 0 ? first.response : second.response),
  })
  await mounted.press('sync')
  const data = {
    success: false as const,
    code: 'reconcile_needs_confirmation' as const,
    message: '900 of 1,000 are gone.',
    runId: RUN,
  }
  first.write(frame(1, { type: 'error', data }))
  await mounted.press('confirm')
  await vi.waitFor(() => expect(mounted.api.of(sync)).toHaveLength(2))
  expect(mounted.api.of(sync).map(({ body }) => body)).toEqual([
    null,
    { reconcile: true, confirm_deletes: true },
  ])
})

test('a sync that cannot begin says why at its row', async () => {
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () =>
      problem('validation_failed', { detail: 'The password is missing.', hint: 'Edit the integration.' }),
  })
  await mounted.press('sync')
  await vi.waitFor(() =>
    expect(mounted.text('.row [role=alert]')).toContain('The password is missing. Edit the integration.'),
  )
  expect(mounted.has('progress')).toBe(false)
})

test('an element that leaves the page lets go of the stream; the run goes on without it', async () => {
  const open = stream(syncHeaders)
  const mounted = mountAdmin('sn-integrations', { [sync]: () => open.response })
  await mounted.press('sync')
  open.write(frame(1, batch(1)))
  await vi.waitFor(() => mounted.find('progress'))
  mounted.element.remove()
  await vi.waitFor(() => expect(open.state.cancelled).toBe(true))
  expect(mounted.api.writes().filter(({ route }) => route.startsWith('DELETE'))).toEqual([])
})

test('who loses the permission while watching is told, and the row stays', async () => {
  const first = stream(syncHeaders)
  const mounted = mountAdmin('sn-integrations', {
    [sync]: () => first.response,
    [events]: () => problem('forbidden'),
  })
  await mounted.press('sync')
  first.write(frame(1, batch(1)))
  await vi.waitFor(() => mounted.find('progress'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  first.end()
  await vi.waitUntil(async () => {
    await vi.advanceTimersByTimeAsync(1_000)
    return mounted.has('[data-run=failed]')
  })
  vi.useRealTimers()
  expect(mounted.all('.row')).toHaveLength(1)
  expect(mounted.text('[data-run=failed]')).toContain('It was forbidden')
})

test('two integrations sync side by side, each with its own bar', async () => {
  const TWO = 'two'
  const one = stream(syncHeaders)
  const two = stream({ location: '/api/runs/run-2' })
  const mounted = mountAdmin('sn-integrations', {
    [`GET ${paths.integrations}`]: () => ({
      success: true,
      integrations: [integration(), integration({ id: TWO, service_name: 'Second' })],
    }),
    [sync]: () => one.response,
    [`POST ${paths.sync(TWO)}`]: () => two.response,
  })
  await mounted.press('sync')
  one.write(frame(1, batch(3)))
  await vi.waitFor(() => mounted.find(`[data-id="${ONE}"] progress`))
  await vi.waitFor(() => mounted.find(`[data-id=${TWO}] [data-act=sync][aria-disabled=false]`).click())
  two.write(frame(1, batch(6), 'run-2'))
  await vi.waitFor(() =>
    expect(mounted.find<HTMLProgressElement>(`[data-id=${TWO}] progress`).value).toBe(50),
  )
  expect(mounted.find<HTMLProgressElement>(`[data-id="${ONE}"] progress`).value).toBe(25)
})
