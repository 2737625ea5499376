/** The book of one run: numbers its events, stores them (in the engine's own transaction where there is one), and wakes the streams. */
import { insertRunEvent } from '../db/runs.ts'
import type { Executor } from '../db/tables.ts'
import type { EventDraft } from './run-events.ts'
import type { RunHub } from './run-hub.ts'

export interface RunLog {
  /** Stores events in a transaction of the caller; they count only when {@link committed} is called after it. */
  stage(tx: Executor, drafts: readonly EventDraft[]): Promise<void>
  /** The caller's transaction is through: what was staged is told. */
  committed(): void
  /** The caller's transaction failed: what was staged never was. */
  dropStaged(): void
}

/** @param next number of the run's next event */
export function createRunLog(hub: RunHub, runId: string, next: number): RunLog {
  let told = next
  let staged = next
  let bytes = 0
  return {
    async stage(tx, drafts) {
      for (const draft of drafts) {
        await insertRunEvent(tx, { run_id: runId, first: staged, ...draft })
        staged += draft.span
        bytes += draft.data.length
      }
    },
    committed() {
      told = staged
      hub.announce(runId, bytes)
      bytes = 0
    },
    dropStaged() {
      staged = told
      bytes = 0
    },
  }
}
