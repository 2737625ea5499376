/**
 * A first sync of many incidents over loopback into SQLite, beside a loop that only fetches and parses the same pages and one that only
 * inserts the same rows into the same schema. Prints rows a second, peak memory, and our time over the sum of the two.
 *
 * Each part runs in a process of its own, so that its memory is its own; rounds are interleaved, the median counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, promise, runPart, startInstance } from './measure.ts'

const ROWS = Number(process.env.ROWS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const parts = ['pull', 'fetch', 'insert'] as const

interface Measured {
  ms: number
  rows: number
  peakMib: number
  requests: number
  quartersMib?: number[]
}

const simulator = await startInstance('./pull-instance.ts', String(ROWS))
const folder = mkdtempSync(join(tmpdir(), 'snowline-bench-'))
try {
  console.log(`pull: ${ROWS} incidents, 1,000 a page, ${ROUNDS} rounds, each part in its own process`)
  const rounds = Array.from({ length: ROUNDS }, () =>
    parts.map((part) => runPart<Measured>('./pull-part.ts', [part, simulator.url, folder])),
  )
  console.log('part     median s   rows/s   peak MiB   requests')
  const [pull = 0, fetched = 0, inserted = 0] = parts.map((part, index) => {
    const all = rounds.map((round) => round[index] as Measured)
    const seconds = median(all.map((each) => each.ms)) / 1_000
    const peak = Math.max(...all.map((each) => each.peakMib))
    const rate = Math.round((all[0]?.rows ?? 0) / seconds)
    console.log(
      `${part.padEnd(8)} ${seconds.toFixed(2).padStart(8)} ${String(rate).padStart(8)} ${peak.toFixed(0).padStart(10)} ${String(all[0]?.requests).padStart(10)}`,
    )
    return seconds
  })
  const ratios = rounds.map(([a, b, c]) => (a?.ms ?? 0) / ((b?.ms ?? 0) + (c?.ms ?? 0)))
  const ratio = pull / (fetched + inserted)
  const each = ratios.map((r) => r.toFixed(2)).join(', ')
  promise('pull / (fetch + insert), at most 1.3', `${ratio.toFixed(2)}   rounds: ${each}`, ratio <= 1.3)
  const peak = Math.max(...rounds.map(([first]) => first?.peakMib ?? 0))
  const quarters = rounds.map(([first]) => first?.quartersMib?.join(' / '))
  console.log(`memory after each quarter of the rows, MiB: ${quarters.join('   ')}`)
  promise('peak memory of the pull, at most 256 MiB', `${peak.toFixed(0)} MiB`, peak <= 256)
} finally {
  simulator.stop()
  rmSync(folder, { recursive: true, force: true })
}
