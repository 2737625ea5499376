/**
 * The promises of a sync after the first one: 1,000 changes cost the same whatever the mirror holds, an empty sync asks and writes next
 * to nothing, and the first sync of the larger mirror stays within its memory. Each mirror runs in a process of its own.
 *
 * `SMALL` and `LARGE` are the sizes (100,000 and 1,000,000 incidents), `ROUNDS` the rounds of changes.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SMALL = Number(process.env.SMALL ?? 100_000)
const LARGE = Number(process.env.LARGE ?? 1_000_000)
const ROUNDS = Number(process.env.ROUNDS ?? 9)

interface Run {
  ms: number
  requests: number
  added: number
  updated: number
}

interface Measured {
  first: Run
  peakMib: number
  incremental: Run[]
  idle: Run
  idleFiltered: Run
  before: Record<string, number>
  after: Record<string, number>
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

async function startSimulator(incidents: number): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [here('./pull-instance.ts'), String(incidents), 'bulk'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return { url: line.slice('ready '.length), stop: () => child.kill() }
  }
  throw new Error('the simulator ended before it was ready')
}

async function measure(incidents: number, folder: string): Promise<Measured> {
  const simulator = await startSimulator(incidents)
  try {
    const args = [here('./sync-part.ts'), simulator.url, folder, String(ROUNDS)]
    const result = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    if (result.status !== 0) throw new Error(`the sync of ${incidents} ended with ${result.status}`)
    return JSON.parse(result.stdout) as Measured
  } finally {
    simulator.stop()
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

let broken = 0
/** Prints one promise and whether it is kept. */
function promise(what: string, measured: string, kept: boolean): void {
  console.log(`${kept ? 'kept  ' : 'BROKEN'} ${what}: ${measured}`)
  if (!kept) broken += 1
}

const folder = mkdtempSync(join(tmpdir(), 'snowline-bench-'))
try {
  const small = await measure(SMALL, folder)
  const large = await measure(LARGE, folder)
  console.log('mirror      first s   rows/s   peak MiB   1,000 changes ms   requests')
  for (const [size, { first, peakMib, incremental }] of [[SMALL, small] as const, [LARGE, large] as const]) {
    const rate = Math.round(first.added / (first.ms / 1_000))
    const ms = median(incremental.map((run) => run.ms))
    console.log(
      `${String(size).padEnd(9)} ${(first.ms / 1_000).toFixed(1).padStart(9)} ${String(rate).padStart(8)} ${peakMib.toFixed(0).padStart(10)} ${ms.toFixed(0).padStart(18)} ${String(median(incremental.map((run) => run.requests))).padStart(10)}`,
    )
  }
  const ratio =
    median(large.incremental.map((run) => run.ms)) / median(small.incremental.map((run) => run.ms))
  promise('1,000 changes, large over small mirror, at most 1.3', ratio.toFixed(2), ratio <= 1.3)
  promise('an empty sync, at most 3 requests', String(large.idle.requests), large.idle.requests <= 3)
  const { requests } = large.idleFiltered
  promise('an empty sync with a filter, at most 4 requests', String(requests), requests <= 4)
  const same = JSON.stringify(large.before) === JSON.stringify(large.after)
  promise('an empty sync writes no record, version or change row', JSON.stringify(large.after), same)
  promise(`first sync of ${LARGE} within 256 MiB`, `${large.peakMib.toFixed(0)} MiB`, large.peakMib <= 256)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (broken > 0) process.exitCode = 1
