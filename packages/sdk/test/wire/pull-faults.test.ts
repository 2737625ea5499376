/** Whatever an instance answers in place of a page: a named error, the watermark where it was, and the next sync converges. */
import { basicAuth, createClient, tableSource } from '@snowline/sdk'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { createSyncEngine, type SyncStore } from '@snowline/sdk/sync'
import { createInstance, type Fault, type Instance } from '@snowline/simulator'
import { expect, test } from 'vitest'

const journal = new Set(['comments', 'work_notes', 'comments_and_work_notes'])

function open(): { instance: Instance; store: SyncStore; pull: (runId: string) => Promise<void> } {
  const instance = createInstance({ seed: 1, incidents: 60, clock: { start: '2026-11-02T09:00:00Z' } })
  let nowMs = Date.parse('2026-11-02T09:00:00Z')
  const clock = {
    now: () => nowMs,
    sleep: (ms: number, signal?: AbortSignal) => {
      // The lease keeper's wait ends with its run; every other wait passes at once.
      if (ms >= 20_000)
        return new Promise<void>((_, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason)),
        )
      nowMs += ms
      return Promise.resolve()
    },
  }
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  const client = createClient({
    instanceUrl: 'dev00000',
    auth,
    fetch: instance.fetch,
    clock,
    random: () => 0.5,
  })
  const store = memoryStore()
  const engine = createSyncEngine({ source: tableSource(client, 'incident'), store, clock, pageLimit: 20 })
  const pull = async (runId: string) => {
    nowMs += 3_600_000
    for await (const _event of engine.pull({ runId }));
  }
  return { instance, store, pull }
}

async function checkEqual(instance: Instance, store: SyncStore): Promise<void> {
  const { records } = await store.listRecords('incident', { limit: 1_000 })
  const known = new Map(records.map((record) => [record.sys_id as string, record]))
  for (const record of instance.control.records('incident')) {
    for (const [field, value] of Object.entries(record)) {
      if (!journal.has(field))
        expect(known.get(record.sys_id ?? '')?.[field] ?? '', `${record.number}.${field}`).toBe(value)
    }
  }
  expect(records).toHaveLength(instance.control.records('incident').length)
}

const faults: [string, Fault, string][] = [
  ['wrong password', { kind: 'wrong-credential' }, 'instance.unauthenticated'],
  ['hibernating page', { kind: 'hibernating' }, 'response.hibernating'],
  ['a page of HTML at 200', { kind: 'login' }, 'response.login_page'],
  ['maintenance', { kind: 'maintenance' }, 'response.maintenance'],
  ['cut JSON', { kind: 'cut-json' }, 'response.cut_json'],
  ['an error inside a 200', { kind: 'error-in-result' }, 'response.error_in_body'],
  ['429 with Retry-After 2', { kind: 'rate-limit', retryAfter: 2 }, 'instance.rate_limited'],
  ['429 without headers', { kind: 'semaphore' }, 'instance.rate_limited'],
  ['a connection cut in mid-body', { kind: 'cut' }, 'transport.reset'],
  ['500', { kind: 'status', status: 500 }, 'instance.unavailable'],
  ['503', { kind: 'status', status: 503 }, 'instance.unavailable'],
  ['a request thrown away', { kind: 'dropped' }, 'response.dropped'],
]

test.each(faults)('%s: a named error, nothing moved, and later it converges', async (_name, fault, code) => {
  const { instance, store, pull } = open()
  await pull('first')
  const before = await store.readState('incident')
  instance.control.clock.advance(1_200)
  instance.control.mutate({ seed: 3, count: 25 })
  for (const skip of [0, 1, 2]) {
    instance.control.setFault({ ...fault, skip })
    await expect(pull(`broken-${skip}`)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w{3}/) })
    expect((await store.readState('incident'))?.watermark, 'the watermark stands').toBe(before?.watermark)
    instance.control.clearFaults()
  }
  await pull('healed')
  await checkEqual(instance, store)
  expect((await store.readState('incident'))?.watermark && before?.watermark).toBeTruthy()
})

test.each(
  faults.filter(([, fault]) => !['wrong-credential', 'hibernating', 'login', 'dropped'].includes(fault.kind)),
)('%s once: repeated, and nobody notices', async (_name, fault) => {
  const { instance, store, pull } = open()
  instance.control.setFault({ ...fault, count: 1, skip: 1 })
  await pull('first')
  await checkEqual(instance, store)
})
