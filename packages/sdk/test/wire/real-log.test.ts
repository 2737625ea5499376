/** A real change stream through the simulator: polled as it plays, killed and taken over, the mirror ends equal in every field. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { basicAuth, createClient, tableSource } from '@snowline/sdk'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { createSyncEngine } from '@snowline/sdk/sync'
import { createInstance, type PlayLine } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { Killed, watched } from '../sync/watched-store.ts'
import { randomOf } from '../sync/world.ts'

const data = join(import.meta.dirname, '../../../../../shared/data/uci-incidents')
const present = existsSync(join(data, 'stream.jsonl.gz'))
if (!present) console.log('skipped: the real change stream (shared/data/uci-incidents) is not here')

function lines<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(data, name))).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

test.skipIf(!present)('the real log, polled every 300 events or so with kills in between', async () => {
  const seed = Number(process.env.SEED ?? 1)
  const random = randomOf(seed)
  const stream = lines<PlayLine>('stream.jsonl.gz')
  const instance = createInstance({ seed, users: [{ user: 'sync', password: 'sync', roles: ['itil'] }] })
  const client = createClient({
    instanceUrl: 'https://dev00000.service-now.com',
    auth: basicAuth({ username: 'sync', password: 'sync' }),
    fetch: instance.fetch,
  })
  const store = watched(memoryStore())
  // A clock that leaps: a killed run's lease is over when the next run starts.
  let nowMs = 0
  const clock = {
    now: () => nowMs,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  }
  const engine = createSyncEngine({ source: tableSource(client, 'incident'), store, clock, pageLimit: 100 })
  const pull = async (runId: string) => {
    for await (const _event of engine.pull({ runId }));
  }
  for (let at = 0; at < stream.length; ) {
    const size = 1 + Math.floor(random() * 600)
    instance.control.play(stream.slice(at, at + size))
    at += size
    nowMs += 120_000
    const kill = random() < 0.3
    if (kill) store.killAfter(Math.floor(random() * 4))
    await pull(`run-${at}`).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
    })
    store.revive()
  }
  nowMs += 120_000
  await pull('last')
  const expected = lines<Record<string, string>>('expected_final.jsonl.gz')
  const [version] = await store.listVersions('incident', { limit: 1 })
  const actual = new Map<string, Record<string, string>>()
  for await (const { sysId, body } of store.versionRecords('incident', version?.number ?? 0)) {
    actual.set(sysId, JSON.parse(body) as Record<string, string>)
  }
  expect(actual.size, `SEED=${seed}`).toBe(2_000)
  const wrong = expected.flatMap((record) =>
    Object.entries(record)
      .filter(([field, value]) => (actual.get(record.sys_id ?? '')?.[field] ?? '') !== value)
      .map(
        ([field, value]) =>
          `${record.number}.${field}: ${actual.get(record.sys_id ?? '')?.[field]} instead of ${value}`,
      ),
  )
  expect(wrong.slice(0, 5), `SEED=${seed}`).toEqual([])
  for (const stamps of store.applied.values()) expect(stamps, `SEED=${seed}`).toEqual([...stamps].sort())
})
