/** Two processes write one file under one lease: nobody is told that it is busy, tokens only grow, and nothing is lost. */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Lease } from '../../src/model/lease.ts'
import { fresh, INTEGRATION, seen, write } from '../../src/testing/store-sample.ts'

interface Told {
  commits: number
  tokens: number[]
  faults: string[]
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-two-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

function writer(file: string, name: string, turns: number): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./writer-process.ts', import.meta.url)), [
      file,
      name,
      String(turns),
    ])
    child.on('message', (told) => resolve(told as Told))
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
}

test('two processes open a new file at once and write it in turns', async () => {
  const file = join(folder, 'store.db')
  const [one, two] = await Promise.all([writer(file, 'one', 40), writer(file, 'two', 40)])
  expect(one.faults).toEqual([])
  expect(two.faults).toEqual([])
  for (const { tokens } of [one, two]) {
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b))
  }
  expect(
    one.tokens.filter((token) => two.tokens.includes(token)),
    'no token twice',
  ).toEqual([])
  const store = await sqliteStore({ file })
  try {
    const state = await store.readState(INTEGRATION)
    expect(state?.head).toBe(one.commits + two.commits)
    for (const version of await store.listVersions(INTEGRATION, { limit: 5 })) {
      const { stored, computed } = await store.verifyVersion(INTEGRATION, version.number)
      expect(computed).toBe(stored)
    }
  } finally {
    await store.close()
  }
}, 60_000)

test('whoever finds the file locked waits for it, and readers are served meanwhile', async () => {
  const file = join(folder, 'store.db')
  const store = await sqliteStore({ file })
  const lease = (await store.acquireLease('other', 'me', 60_000, 0)) as Lease
  const holder = new Database(file)
  try {
    holder.exec('begin immediate')
    const waiting = Promise.all([
      write(store, fresh(), [seen(1, 10, 'a')]),
      store.acquireLease(INTEGRATION, 'me', 60_000, 0),
      store.renewLease(lease, 60_000, 1),
      store.endLease('nobody', 'me'),
      store.releaseLease(lease),
    ])
    for (let reads = 0; reads < 200; reads += 1) {
      expect(await store.countRecords(INTEGRATION)).toBe(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
    holder.exec('commit')
    await waiting
    expect(await store.countRecords(INTEGRATION)).toBe(1)
  } finally {
    holder.close()
    await store.close()
  }
})
