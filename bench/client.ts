/**
 * The promises of a list: next to the bare loop of fetch and parse at the same concurrency it keeps 0.85 of the speed against an instance
 * that answers after 100 ms, 0.75 after 20 and 0 ms, and it holds few pages at a time. Each part runs in a process of its own, the client
 * and the bare loop in turns, and the median of the turns counts. Asked for are the eleven fields a list shows; what whole records of 92
 * fields take is printed beside, without a promise: there the garbage of the parser decides, as the bare loop shows.
 *
 * `ROWS` is the size of the table (100,000), `ROUNDS` the turns (3), `LATENCIES` the delays in ms (100,20,0).
 */
import { median, promise, runPart, startInstance } from './measure.ts'

const ROWS = Number(process.env.ROWS ?? 100_000)
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const LATENCIES = (process.env.LATENCIES ?? '100,20,0').split(',').map(Number)
const PEAK_MIB = 150

interface Measured {
  rows: number
  ms: number
  peakMib: number
}

const startSimulator = (latencyMs: number) =>
  startInstance('./client-instance.ts', String(ROWS), String(latencyMs))

function measure(part: 'client' | 'bare', url: string, lanes: number, fields = 'shown'): Measured {
  const measured = runPart<Measured>('./client-part.ts', [part, url, String(lanes)], { FIELDS: fields })
  if (measured.rows !== ROWS) throw new Error(`the part ${part} read ${measured.rows} of ${ROWS} incidents`)
  return measured
}

/** The client beside the bare loop, in turns; the first turn warms the instance and does not count. */
function compare(
  url: string,
  lanes: number,
): { client: number; bare: number; peakMib: number; bareMib: number } {
  measure('bare', url, lanes)
  const turns = Array.from({ length: ROUNDS }, () => ({
    client: measure('client', url, lanes),
    bare: measure('bare', url, lanes),
  }))
  return {
    client: median(turns.map(({ client }) => client.ms)),
    bare: median(turns.map(({ bare }) => bare.ms)),
    peakMib: Math.max(...turns.map(({ client }) => client.peakMib)),
    bareMib: Math.max(...turns.map(({ bare }) => bare.peakMib)),
  }
}

console.log(`${ROWS} incidents, pages of 1,000, median of ${ROUNDS}`)
console.log('latency   in flight   client ms   bare ms   client MiB   bare MiB')
const peaks = new Map<number, number>()
for (const latencyMs of LATENCIES) {
  const simulator = await startSimulator(latencyMs)
  try {
    for (const lanes of [1, 4]) {
      const seen = compare(simulator.url, lanes)
      peaks.set(lanes, Math.max(peaks.get(lanes) ?? 0, seen.peakMib))
      const cells = [
        seen.client.toFixed(0),
        seen.bare.toFixed(0),
        seen.peakMib.toFixed(0),
        seen.bareMib.toFixed(0),
      ]
      const [client = '', bare = '', mib = '', bareMib = ''] = cells
      console.log(
        `${`${latencyMs} ms`.padEnd(9)} ${String(lanes).padStart(9)} ${client.padStart(11)} ${bare.padStart(9)} ${mib.padStart(12)} ${bareMib.padStart(10)}`,
      )
      const least = latencyMs >= 100 ? 0.85 : 0.75
      const ratio = seen.bare / seen.client
      promise(
        `${latencyMs} ms, ${lanes} in flight, at least ${least} of the bare loop`,
        ratio.toFixed(2),
        ratio >= least,
      )
    }
  } finally {
    simulator.stop()
  }
}
for (const [lanes, mib] of peaks)
  promise(`peak memory, ${lanes} in flight, under ${PEAK_MIB} MiB`, `${mib.toFixed(0)} MiB`, mib < PEAK_MIB)
const simulator = await startSimulator(0)
try {
  for (const lanes of [1, 4]) {
    const [client, bare] = [
      measure('client', simulator.url, lanes, 'all'),
      measure('bare', simulator.url, lanes, 'all'),
    ]
    const ratio = (bare.ms / client.ms).toFixed(2)
    console.log(
      `       whole records, 0 ms, ${lanes} in flight: ${ratio} of the bare loop, ${client.peakMib.toFixed(0)} MiB (bare ${bare.peakMib.toFixed(0)})`,
    )
  }
} finally {
  simulator.stop()
}
