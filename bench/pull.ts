/**
 * A first sync of many incidents over loopback into SQLite, beside a loop that only fetches and parses the same pages and one that only
 * inserts the same rows into the same schema. Prints rows a second, peak memory, and our time over the sum of the two.
 *
 * Each part runs in a process of its own, so that its memory is its own; rounds are interleaved, the median counts.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROWS = Number(process.env.ROWS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const parts = ['pull', 'fetch', 'insert'] as const
type Part = (typeof parts)[number]

interface Measured {
  ms: number
  rows: number
  peakMib: number
  requests: number
  quartersMib?: number[]
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

async function startSimulator(): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [here('./pull-instance.ts'), String(ROWS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return { url: line.slice('ready '.length), stop: () => child.kill() }
  }
  throw new Error('the simulator ended before it was ready')
}

function measure(part: Part, url: string, folder: string): Measured {
  const result = spawnSync(process.execPath, [here('./pull-part.ts'), part, url, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (result.status !== 0) throw new Error(`${part} ended with ${result.status}`)
  return JSON.parse(result.stdout) as Measured
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const simulator = await startSimulator()
const folder = mkdtempSync(join(tmpdir(), 'snowline-bench-'))
try {
  console.log(`pull: ${ROWS} incidents, 1,000 a page, ${ROUNDS} rounds, each part in its own process`)
  const rounds = Array.from({ length: ROUNDS }, () =>
    parts.map((part) => measure(part, simulator.url, folder)),
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
  console.log(
    `ratio pull / (fetch + insert): ${(pull / (fetched + inserted)).toFixed(2)}   rounds: ${ratios.map((r) => r.toFixed(2)).join(', ')}`,
  )
  const peak = Math.max(...rounds.map(([first]) => first?.peakMib ?? 0))
  const quarters = rounds.map(([first]) => first?.quartersMib?.join(' / '))
  console.log(`memory after each quarter of the rows, MiB: ${quarters.join('   ')}`)
  console.log(`peak memory of the pull: ${peak.toFixed(0)} MiB (limit 256 MiB)`)
  if (peak > 256) process.exitCode = 1
} finally {
  simulator.stop()
  rmSync(folder, { recursive: true, force: true })
}
