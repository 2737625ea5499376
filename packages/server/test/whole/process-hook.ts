/**
 * Loaded into a server process before its own code (`node --import`): lets a test end, halt or mislead it at a named point. The product knows
 * nothing of it: only the database driver, `fetch`, `rename` and the clock are wrapped, from outside.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import Database from 'better-sqlite3'
import type { Order, Point } from './orders.ts'

let strike: { point: Point; left: number; signal: NodeJS.Signals } | null = null

function reached(point: Point): void {
  if (strike?.point !== point) return
  strike.left -= 1
  if (strike.left > 0) return
  const { signal } = strike
  strike = null
  process.kill(process.pid, signal)
}

type Execute = (...values: unknown[]) => unknown

/** What a statement gives away, before or after it runs. */
const spots: readonly { sql: RegExp; before?: Point; after?: Point }[] = [
  { sql: /^insert into "sl_leases"/, after: 'lease' },
  { sql: /^insert into sl_rows/, after: 'row-written' },
  { sql: /^update sl_rows set to_version = \?/, after: 'row-closed' },
  { sql: /^insert into "sl_versions"/, after: 'seal' },
  { sql: /^rollback$/, before: 'before-undo' },
]

const writers = new Set<Database.Database>()
let sealing = false

function watchCommit(execute: Execute): Execute {
  return (...values) => {
    reached('before-commit')
    const result = execute(...values)
    reached('after-commit')
    if (sealing) reached('sealed')
    sealing = false
    return result
  }
}

function watch(sql: string, execute: Execute): Execute {
  if (sql === 'commit') return watchCommit(execute)
  const spot = spots.find((each) => each.sql.test(sql))
  if (spot === undefined) return execute
  return (...values) => {
    if (spot.before !== undefined) reached(spot.before)
    const result = execute(...values)
    if (spot.after === 'seal') sealing = true
    if (spot.after !== undefined) reached(spot.after)
    return result
  }
}

const { prepare } = Database.prototype as { prepare(sql: string): Database.Statement }
Object.assign(Database.prototype, {
  prepare(this: Database.Database, sql: string): Database.Statement {
    if (!this.readonly) writers.add(this)
    const statement = prepare.call(this, sql)
    const { run, all } = statement
    return Object.assign(statement, {
      run: watch(sql, (...values) => run.apply(statement, values)),
      all: watch(sql, (...values) => all.apply(statement, values)),
    })
  },
})

const ask = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input)
  if (url.includes('/table/sys_audit_delete')) reached('deletes-asked')
  if (!url.includes('/table/incident')) return ask(input, init)
  reached('page-asked')
  const response = await ask(input, init)
  const body = await response.arrayBuffer()
  reached('page-answered')
  return new Response(body, response)
}

const { rename } = fs
fs.rename = async (from, to) => {
  reached('dump-renamed')
  await rename(from, to)
}
syncBuiltinESMExports()

let offsetMs = 0
const machine = Date
globalThis.Date = class extends machine {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(machine.now() + offsetMs)
    else super(...(given as [number]))
  }

  static override now(): number {
    return machine.now() + offsetMs
  }
} as DateConstructor

function limit(pages: number | null): void {
  for (const writer of writers) {
    if (!writer.open) continue
    const present = Number(writer.pragma('page_count', { simple: true }))
    writer.pragma(`max_page_count = ${pages === null ? 2 ** 30 : present + pages}`)
  }
}

process.on('message', (order: Order) => {
  if (order.kind === 'strike') strike = { point: order.point, left: order.nth, signal: order.signal }
  if (order.kind === 'spare') strike = null
  if (order.kind === 'clock') offsetMs = order.offsetMs
  if (order.kind === 'room') limit(order.pages)
  process.send?.('obeyed')
})
// The channel must not keep a server alive that wants to end.
process.channel?.unref()
