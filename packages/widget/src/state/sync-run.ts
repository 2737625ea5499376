/** One run as a person watches it: begun, under way, broken off and joined again, asked to stop, ended. A pure reducer. */
import type { ProgressEvent, RunEvent, RunView, SyncStats } from '@snowline/protocol'

/** How it ended. `cancelled` is what somebody asked for, and no failure. */
export type RunEnd =
  | { kind: 'complete'; stats: SyncStats | null; version: number | null }
  | { kind: 'cancelled' }
  | { kind: 'failed'; code: string; message: string; hint: string | null }

export interface SyncRunState {
  runId: string | null
  /** False while the stream is broken and about to be opened again. */
  live: boolean
  /** Somebody has asked it to stop, and it has not ended yet. */
  cancelling: boolean
  progress: ProgressEvent | null
  end: RunEnd | null
}

export type SyncRunAction =
  | { type: 'begun'; runId: string }
  | { type: 'link'; live: boolean }
  | { type: 'event'; event: RunEvent }
  | { type: 'cancelling'; asked: boolean }
  /** Only the stored run could be had. */
  | { type: 'ended'; run: RunView }
  | { type: 'failed'; code: string; message: string; hint: string | null }

export const noRun: SyncRunState = { runId: null, live: true, cancelling: false, progress: null, end: null }

export function reduceRun(state: SyncRunState, action: SyncRunAction): SyncRunState {
  if (state.end !== null) return state
  switch (action.type) {
    case 'begun':
      return { ...noRun, runId: action.runId }
    case 'link':
      return { ...state, live: action.live }
    case 'cancelling':
      return { ...state, cancelling: action.asked }
    case 'event':
      return action.event.type === 'progress'
        ? { ...state, progress: action.event.data }
        : { ...state, end: endOf(action.event) }
    case 'ended':
      return { ...state, end: storedEnd(action.run) }
    case 'failed': {
      const { code, message, hint } = action
      return { ...state, end: { kind: 'failed', code, message, hint } }
    }
  }
}

function endOf(event: Exclude<RunEvent, { type: 'progress' }>): RunEnd {
  if (event.type === 'complete') {
    return { kind: 'complete', stats: event.data.stats, version: event.data.version }
  }
  const { code, message, hint } = event.data
  return code === 'run_cancelled'
    ? { kind: 'cancelled' }
    : { kind: 'failed', code, message, hint: hint ?? null }
}

function storedEnd({ state, counts, error, finished_at: finishedAt }: RunView): RunEnd {
  if (state === 'success') {
    return { kind: 'complete', stats: { ...counts, last_synced: finishedAt ?? '' }, version: null }
  }
  if (state === 'cancelled') return { kind: 'cancelled' }
  const code = error?.code ?? (state === 'interrupted' ? 'run_interrupted' : 'internal')
  return { kind: 'failed', code, message: error?.message ?? '', hint: error?.hint ?? null }
}

/** How much is done, from 0 to 1; null while nobody can know (validating, fetching). */
export function shareDone({ progress, end }: SyncRunState): number | null {
  if (end?.kind === 'complete') return 1
  if (progress === null || progress.totalBatches === 0) return null
  return Math.min(1, progress.batch / progress.totalBatches)
}

/** True from the press until the end. */
export function isUnderWay(state: SyncRunState): boolean {
  return state.runId !== null && state.end === null
}
