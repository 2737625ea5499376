/** A thread with a handle of its own, for a transaction that writes hundreds of megabytes: not even its commit holds the event loop. */
import { createRequire } from 'node:module'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { StoreError } from '../base/errors.ts'

/** What one statement gave: rows of a query, or what a write did. */
export type Outcome =
  | { reader: true; rows: unknown[] }
  | { reader: false; changes: number; lastInsertRowid: number | bigint }

export interface SqliteThread {
  /** Runs a statement once for each set of parameters; the outcome is that of the last, `changes` the sum of all. */
  execute(text: string, sets: readonly (readonly unknown[])[]): Promise<Outcome>
  /**
   * Ends the thread. A transaction that is open is rolled back; what was committed is moved from the log into the file, so that nobody
   * else's commit has to do it.
   */
  close(): Promise<void>
}

/** A thread may wait for the lock as long as it takes: it holds nobody. */
const LOCK_TIMEOUT_MS = 5_000

const WORK = `
const { parentPort, workerData } = require('node:worker_threads')
const Database = require(workerData.driver)
const database = new Database(workerData.file, { fileMustExist: true, timeout: workerData.timeoutMs })
for (const pragma of workerData.pragmas) database.pragma(pragma)
database.pragma('wal_autocheckpoint = 0')
const statements = new Map()
function execute(text, sets) {
  let statement = statements.get(text)
  if (statement === undefined) statements.set(text, (statement = database.prepare(text)))
  if (statement.reader) return { reader: true, rows: statement.all(...sets[0]) }
  let changes = 0
  let lastInsertRowid = 0
  for (const set of sets) {
    const done = statement.run(...set)
    changes += done.changes
    lastInsertRowid = done.lastInsertRowid
  }
  return { reader: false, changes, lastInsertRowid }
}
parentPort.on('message', ({ id, text, sets }) => {
  if (text === undefined) {
    if (!database.inTransaction) database.pragma('wal_checkpoint(PASSIVE)')
    database.close()
    parentPort.close()
    return
  }
  try {
    parentPort.postMessage({ id, outcome: execute(text, sets) })
  } catch (error) {
    parentPort.postMessage({ id, fault: { message: error.message, code: error.code } })
  }
})`

type Answer = { id: number } & ({ outcome: Outcome } | { fault: { message: string; code: unknown } })

interface Waiting {
  resolve(outcome: Outcome): void
  reject(error: Error): void
}

/** Starts a thread with a handle on `file`; the pragmas are set on it first. */
export function openThread(file: string, pragmas: readonly string[]): SqliteThread {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  const workerData = { driver, file, pragmas, timeoutMs: LOCK_TIMEOUT_MS }
  const worker = new Worker(WORK, { eval: true, execArgv: [], env: SHARE_ENV, workerData })
  const waiting = new Map<number, Waiting>()
  let asked = 0
  let ended: Error | null = null
  const end = (cause?: Error) => {
    ended ??= new StoreError('SQLite: the thread of a transaction has ended; nothing of it was written', {
      retryable: true,
      details: { driver: 'sqlite', operation: 'thread' },
      cause,
    })
    for (const each of waiting.values()) each.reject(ended)
    waiting.clear()
  }
  const closed = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end()
      resolve()
    })
  })
  worker.on('error', end)
  worker.on('message', (answer: Answer) => {
    const asker = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('outcome' in answer) asker?.resolve(answer.outcome)
    else asker?.reject(Object.assign(new Error(answer.fault.message), { code: answer.fault.code }))
  })
  return {
    execute: (text, sets) =>
      new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended)
          return
        }
        asked += 1
        waiting.set(asked, { resolve, reject })
        worker.postMessage({ id: asked, text, sets })
      }),
    async close() {
      if (ended === null) worker.postMessage({})
      await closed
    },
  }
}
