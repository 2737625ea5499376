/** Lanes as a machine: whatever order answers come in, every row is read, and what is pending together with what is stored is the whole. */
import { expect, test } from 'vitest'
import { type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { Slice } from '../../src/model/slice.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import { readLanes } from '../../src/sync/lane-reader.ts'
import { Lanes, type Piece } from '../../src/sync/lanes.ts'
import { remainingSlices } from '../../src/sync/next-slices.ts'
import { randomOf } from './world.ts'

const at = (n: number): UtcStamp => stampFromMs(Date.parse('2026-01-01T00:00:00Z') + n * 1_000)
const id = (n: number) => n.toString(16).padStart(32, '0') as SysId
const LIMIT = 5

function rowsOf(seed: number, count: number): SourceRecord[] {
  const random = randomOf(seed)
  let second = 0
  return Array.from({ length: count }, (_, n) => {
    // Bursts: many rows in one second, then long silence.
    if (random() < 0.4) second += random() < 0.1 ? Math.floor(random() * 5_000) : 1
    return { sys_id: id(n), sys_updated_on: at(second) }
  })
}

const isIn = (row: SourceRecord, { from, to, after, prefix }: Slice) =>
  (from === null || row.sys_updated_on >= from) &&
  (to === null || row.sys_updated_on <= to) &&
  (after === undefined || row.sys_id > after) &&
  (prefix === undefined || row.sys_id.startsWith(prefix))

function answer(rows: readonly SourceRecord[], slice: Slice) {
  const found = rows.filter((row) => isIn(row, slice))
  const records = found.slice(0, LIMIT)
  const total = found.length
  const rest = total <= LIMIT ? [] : remainingSlices(slice, { records, total, link: 'next' }, LIMIT)
  return { records, rest, rowsLeft: total - records.length }
}

function walk(seed: number): { requests: number; parallel: number } {
  const rows = rowsOf(seed, 200)
  const random = randomOf(seed + 1)
  const last = rows.at(-1)?.sys_updated_on ?? at(0)
  const lanes = new Lanes([{ from: null, to: last }], { lanes: 4, worthSplitting: 10 })
  const asked: Piece[] = []
  const arrived: { read: Slice | null; records: SourceRecord[] }[] = []
  const stored = new Set<string>()
  let requests = 0
  let parallel = 0
  for (;;) {
    for (let piece = lanes.take(); piece !== null; piece = lanes.take()) asked.push(piece)
    parallel = Math.max(parallel, asked.length)
    const { pending } = lanes
    const lost = rows.find((row) => !stored.has(row.sys_id) && !pending.some((slice) => isIn(row, slice)))
    if (lost !== undefined) throw new Error(`SEED=${seed}: ${lost.sys_id} is neither stored nor pending`)
    if (asked.length === 0 && arrived.length === 0) break
    if (arrived.length > 0 && (asked.length === 0 || random() < 0.5)) {
      const next = arrived.splice(Math.floor(random() * arrived.length), 1)[0]
      for (const row of next?.records ?? []) stored.add(row.sys_id)
      lanes.settled(next?.read ?? null)
      continue
    }
    const piece = asked.splice(Math.floor(random() * asked.length), 1)[0] as Piece
    requests += 1
    const { records, rest, rowsLeft } = answer(rows, piece.slice)
    arrived.push({ records, read: lanes.answered(piece, rest, rowsLeft) })
  }
  expect(lanes.pending).toEqual([])
  expect(stored.size, `SEED=${seed}: rows stored`).toBe(200)
  return { requests, parallel }
}

test('300 bursty worlds, answers in any order: nothing is neither stored nor pending, requests stay near the least', () => {
  let requests = 0
  let parallel = 0
  for (let seed = 1; seed <= 300; seed += 1) {
    const one = walk(seed)
    requests += one.requests
    parallel = Math.max(parallel, one.parallel)
  }
  expect(parallel).toBe(4)
  // 40 pages of five a world; seconds that hold many rows and lanes that help each other cost the rest.
  expect(requests / 300).toBeLessThan(2 * 40)
})

const one = (from: number, to: number): Slice => ({ from: at(from), to: at(to) })
const signal = new AbortController().signal

test('at most so many requests at once, and one answer ahead of a slow writer', async () => {
  const slices = Array.from({ length: 12 }, (_, n) => one(n * 10, n * 10 + 9))
  const lanes = new Lanes(slices, { lanes: 3, worthSplitting: 1_000 })
  let asking = 0
  let most = 0
  let asked = 0
  const ask = async () => {
    asking += 1
    asked += 1
    most = Math.max(most, asking)
    await Promise.resolve()
    asking -= 1
    return { rest: [], rowsLeft: 0 }
  }
  const reader = readLanes(lanes, { concurrency: 3, signal, ask })
  await reader.next()
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
  // One taken by the writer, and at most three under way or read and one ahead.
  expect(asked).toBeLessThanOrEqual(5)
  for await (const { read } of reader) lanes.settled(read)
  expect(most).toBe(3)
  expect(asked).toBe(12)
})

test('the first failure ends the others and is what the reader throws', async () => {
  const lanes = new Lanes([one(0, 9), one(10, 19)], { lanes: 2, worthSplitting: 1_000 })
  const aborted: string[] = []
  const ask = (slice: Slice, laneSignal: AbortSignal) =>
    slice.from === at(0)
      ? Promise.reject(new Error('cut'))
      : new Promise<never>((_resolve, reject) => {
          laneSignal.addEventListener('abort', () => {
            aborted.push('second')
            reject(laneSignal.reason)
          })
        })
  await expect(readLanes(lanes, { concurrency: 2, signal, ask }).next()).rejects.toThrow('cut')
  expect(aborted).toEqual(['second'])
})

test('a reader that stops early ends what is under way', async () => {
  const lanes = new Lanes([one(0, 9), one(10, 19)], { lanes: 2, worthSplitting: 1_000 })
  let ended = false
  const ask = async (slice: Slice, laneSignal: AbortSignal) => {
    if (slice.from === at(0)) return { rest: [], rowsLeft: 0 }
    await new Promise((resolve) => laneSignal.addEventListener('abort', resolve))
    ended = true
    return { rest: [], rowsLeft: 0 }
  }
  for await (const { slice } of readLanes(lanes, { concurrency: 2, signal, ask })) {
    expect(slice.from).toBe(at(0))
    break
  }
  expect(ended).toBe(true)
})
