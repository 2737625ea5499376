/** The events of a run as frames: what is stored, then what is stored next, until its one terminal event. */
import type { Clock } from '../clock.ts'
import { listRunEvents, readRun } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import type { EventSource, Frame } from '../http/sse.ts'
import { eventsOf, frameOf } from './run-events.ts'
import type { RunHub } from './run-hub.ts'

/** Rows read at once: a row may hold a thousand changes. */
const ROWS = 8
/** How often a run of another process is looked at. */
const POLL_MS = 1_000

export interface RunStreamOptions {
  read: Executor
  hub: RunHub
  clock: Clock
}

/** Frames with a number above `after`. The same rows give the same frames, live or replayed. */
export function runStream(options: RunStreamOptions, runId: string, after: number): EventSource {
  const { hub } = options
  const announcedBefore = hub.bytes(runId)
  let delivered = 0
  return {
    waitingBytes: () => hub.bytes(runId) - announcedBefore - delivered,
    async *frames(signal) {
      for await (const { frame, live } of storedFrames(options, runId, after, signal)) {
        yield frame
        if (live) delivered += frame.data.length
      }
    },
  }
}

async function* storedFrames(
  { read, hub, clock }: RunStreamOptions,
  runId: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<{ frame: Frame; live: boolean }, void, void> {
  let last = after
  let live = false
  while (!signal.aborted) {
    const tick = hub.tick(runId)
    const wasLive = hub.isLive(runId)
    const rows = await listRunEvents(read, runId, last, ROWS)
    for (const row of rows) {
      for (const { number, event } of eventsOf(row)) {
        if (number <= last) continue
        last = number
        yield { frame: frameOf(runId, number, event), live }
        if (event.type !== 'progress') return
      }
    }
    if (rows.length > 0) continue
    live = true
    if (!wasLive && !(await isUnfinished(read, runId, last))) return
    await pause(hub, clock, runId, tick, signal)
  }
}

/** A run that ended between two looks may have left its last event in between. */
async function isUnfinished(read: Executor, runId: string, last: number): Promise<boolean> {
  const run = await readRun(read, runId)
  if (run === undefined) return false
  if (run.state === 'queued' || run.state === 'running') return true
  return (await listRunEvents(read, runId, last, 1)).length > 0
}

async function pause(
  hub: RunHub,
  clock: Clock,
  runId: string,
  tick: number,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController()
  const either = AbortSignal.any([signal, gone.signal])
  const aborted = new Promise<void>((resolve) => {
    either.addEventListener('abort', () => resolve(), { once: true })
  })
  const next = hub.isLive(runId)
    ? hub.changed(runId, tick)
    : clock.sleep(POLL_MS, either).catch(() => undefined)
  await Promise.race([next, aborted])
  gone.abort()
}
