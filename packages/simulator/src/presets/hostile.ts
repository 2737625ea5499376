/** The preset `hostile`: every fault at a low rate, and commits that come late. */
import { FAULT_KINDS, type Fault, type FaultKind } from '../faults.ts'
import { people } from './healthy.ts'
import type { Preset } from './preset.ts'

/** Faults that hold a client up until its own patience ends are rarer than those that answer at once. */
const SILENT: readonly FaultKind[] = ['hang', 'lost-answer-hang', 'late-commit']
/** Faults that say something only of a write. */
const WRITES: readonly FaultKind[] = ['forbidden-after-write', 'empty-answer', 'late-commit']
const RATE = 0.006
const SILENT_RATE = 0.001

function faultOf(kind: FaultKind): Fault {
  const probability = SILENT.includes(kind) ? SILENT_RATE : RATE
  const match = WRITES.includes(kind) ? { match: { method: 'POST' } } : {}
  const wait = kind === 'slow' ? { delayMs: 700 } : kind === 'rate-limit' ? { retryAfter: 2 } : {}
  return { kind, probability, ...match, ...wait }
}

export const hostile: Preset = {
  sentence:
    'Every fault at a low rate, about one request in ten in all, and one write in twenty that queries see late.',
  scenario: {
    incidents: 400,
    users: people,
    faults: FAULT_KINDS.map(faultOf),
    lateCommits: { seed: 1, share: 0.05, maxSeconds: 10 },
  },
}
