/**
 * The promises of a sync after the first one: 1,000 changes cost the same whatever the mirror holds, an empty sync asks and writes next
 * to nothing, and the first sync of the larger mirror stays within its memory. Each mirror runs in a process of its own.
 *
 * `SMALL` and `LARGE` are the sizes (100,000 and 1,000,000 incidents), `ROUNDS` the rounds of changes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, promise, runPart, startInstance } from './measure.ts'

const SMALL = Number(process.env.SMALL ?? 100_000)
const LARGE = Number(process.env.LARGE ?? 1_000_000)
const ROUNDS = Number(process.env.ROUNDS ?? 9)

interface Run {
  ms: number
  /** Work of this process, all its threads. */
  cpuMs: number
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

async function measure(incidents: number, folder: string): Promise<Measured> {
  const instance = await startInstance('./pull-instance.ts', String(incidents), 'bulk')
  try {
    return runPart('./sync-part.ts', [instance.url, folder, String(ROUNDS)])
  } finally {
    instance.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'snowline-bench-'))
try {
  const small = await measure(SMALL, folder)
  const large = await measure(LARGE, folder)
  console.log('mirror      first s   rows/s   peak MiB   1,000 changes ms   cpu ms   requests')
  for (const [size, { first, peakMib, incremental }] of [[SMALL, small] as const, [LARGE, large] as const]) {
    const rate = Math.round(first.added / (first.ms / 1_000))
    const ms = median(incremental.map((run) => run.ms))
    console.log(
      `${String(size).padEnd(9)} ${(first.ms / 1_000).toFixed(1).padStart(9)} ${String(rate).padStart(8)} ${peakMib.toFixed(0).padStart(10)} ${ms.toFixed(0).padStart(18)} ${median(
        incremental.map((run) => run.cpuMs),
      )
        .toFixed(0)
        .padStart(8)} ${String(median(incremental.map((run) => run.requests))).padStart(10)}`,
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
