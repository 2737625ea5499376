/**
 * A real change stream through the simulator: polled as it plays, killed and restarted, the mirror ends equal in every field; as it is, and
 * with deletes, hidden records and late commits added by a seed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { basicAuth, createClient, tableSource } from '@snowline/sdk'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { createSyncEngine, type SyncEngine } from '@snowline/sdk/sync'
import { createInstance, type Instance, type PlayLine } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { checkFencing, checkNeverBack, checkSealed } from '../sync/invariants.ts'
import { Killed, type WatchedStore, watched } from '../sync/watched-store.ts'
import { randomOf } from '../sync/world-options.ts'

const data = join(import.meta.dirname, '../../../../../shared/data/uci-incidents')
const present = existsSync(join(data, 'stream.jsonl.gz'))
if (!present) console.log('skipped: the real change stream (shared/data/uci-incidents) is not here')

const base = Number(process.env.SEED ?? 1)
const count = process.env.SEED === undefined ? Number(process.env.SEEDS ?? 1) : 1

function lines<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(join(data, name))).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

/** What is done to the log besides playing it. */
class Troubles {
  readonly gone = new Set<string>()
  readonly hidden = new Set<string>()
  private readonly instance: Instance
  private readonly random: () => number
  /** Records whose story has ended: nothing more is told of them. */
  private readonly ended: string[] = []

  constructor(instance: Instance, seed: number) {
    this.instance = instance
    this.random = randomOf(seed + 7)
    instance.control.lateCommits({ seed, share: 0.3, maxSeconds: 20, writes: ['play'] })
  }

  end(sysIds: readonly string[]): void {
    this.ended.push(...sysIds)
  }

  /** A few deletes, most of them recorded; now and then one comes back with its old stamp, or a record is hidden or shown. */
  stir(): void {
    const { control } = this.instance
    for (let i = Math.floor(this.random() * 8); i > 0; i -= 1) {
      const id = this.any(this.ended)
      if (id === undefined) return
      const chance = this.random()
      if (chance < 0.5 && control.remove('incident', [id], { audited: this.random() < 0.8 }) > 0)
        this.gone.add(id)
      else if (chance < 0.6 && control.undelete('incident', [id]) > 0) this.gone.delete(id)
      else if (chance > 0.85 && this.hidden.size < 40) {
        control.hide([id])
        this.hidden.add(id)
      } else if (chance > 0.8) {
        const [shown] = this.hidden
        if (shown === undefined) continue
        control.reveal([shown])
        this.hidden.delete(shown)
      }
    }
  }

  private any(ids: readonly string[]): string | undefined {
    return ids[Math.floor(this.random() * ids.length)]
  }
}

/** Plays the log to its end, polling every 300 events or so, with kills in between and a new engine for every poll. */
async function play(seed: number, instance: Instance, troubles: Troubles | null): Promise<WatchedStore> {
  const random = randomOf(seed)
  const stream = lines<PlayLine>('stream.jsonl.gz')
  const last = new Map(stream.map((line, index) => [line.sys_id, index]))
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
  const source = tableSource(client, 'incident')
  const engine = () => createSyncEngine({ source, store, clock, pageLimit: 100 })
  for (let at = 0; at < stream.length; ) {
    const size = 1 + Math.floor(random() * 600)
    const part = stream.slice(at, at + size)
    instance.control.play(part)
    troubles?.end(
      part.filter((line, index) => last.get(line.sys_id) === at + index).map((line) => line.sys_id),
    )
    troubles?.stir()
    at += size
    nowMs += 120_000
    if (random() < 0.3) store.killAfter(Math.floor(random() * 4))
    await pull(engine(), `run-${at}`).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error
    })
    store.revive()
  }
  nowMs += 120_000
  instance.control.clock.advance(60)
  await pull(engine(), 'last', troubles !== null)
  return store
}

async function pull(engine: SyncEngine, runId: string, reconcile = false): Promise<void> {
  for await (const _event of engine.pull({ runId, reconcile }));
}

async function checkFinal(
  seed: number,
  store: WatchedStore,
  expected: Record<string, string>[],
): Promise<void> {
  const [version] = await store.listVersions('incident', { limit: 1 })
  const actual = new Map<string, Record<string, string>>()
  for await (const { sysId, body } of store.versionRecords('incident', version?.number ?? 0)) {
    actual.set(sysId, JSON.parse(body) as Record<string, string>)
  }
  expect(actual.size, `SEED=${seed}`).toBe(expected.length)
  const wrong = expected.flatMap((record) =>
    Object.entries(record)
      .filter(([field, value]) => (actual.get(record.sys_id ?? '')?.[field] ?? '') !== value)
      .map(
        ([field, value]) =>
          `${record.number}.${field}: ${actual.get(record.sys_id ?? '')?.[field]} instead of ${value}`,
      ),
  )
  expect(wrong.slice(0, 5), `SEED=${seed}`).toEqual([])
  checkNeverBack(seed, store.commits)
  checkFencing(seed, store.commits, store.grants)
  await checkSealed(seed, store, 'incident', new Map())
}

const create = (seed: number) =>
  createInstance({ seed, users: [{ user: 'sync', password: 'sync', roles: ['admin', 'itil'] }] })

test.skipIf(!present)('the real log as it is', { timeout: 3_600_000 }, async () => {
  for (let seed = base; seed < base + count; seed += 1) {
    const store = await play(seed, create(seed), null)
    await checkFinal(seed, store, lines('expected_final.jsonl.gz'))
  }
})

test.skipIf(!present)(
  'the real log with deletes, hidden records and late commits',
  { timeout: 3_600_000 },
  async () => {
    for (let seed = base; seed < base + count; seed += 1) {
      const instance = create(seed)
      const troubles = new Troubles(instance, seed)
      const store = await play(seed, instance, troubles)
      const all = lines<Record<string, string>>('expected_final.jsonl.gz')
      const left = all.filter(({ sys_id: id = '' }) => !troubles.gone.has(id) && !troubles.hidden.has(id))
      expect(all.length - left.length, `SEED=${seed}: something is gone`).toBeGreaterThan(20)
      await checkFinal(seed, store, left)
    }
  },
)
