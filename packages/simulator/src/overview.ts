/** The state of an instance in a few lines, for people who look at it. */
import { FAULT_SENTENCES } from './fault-sentences.ts'
import { FAULT_KINDS, type FaultKind, type FaultState } from './faults.ts'
import type { WorkOptions } from './work.ts'
import type { World } from './world.ts'

/** The state of an instance in a few lines. */
export interface Overview {
  readonly name: string
  readonly seed: number
  /** ISO 8601. */
  readonly now: string
  /** Whether the clock goes by itself. */
  readonly running: boolean
  readonly requests: number
  readonly users: readonly {
    readonly user: string
    readonly name: string
    readonly roles: readonly string[]
  }[]
  readonly tables: readonly { readonly name: string; readonly label: string; readonly rows: number }[]
  readonly work: WorkOptions | null
  readonly latencyMs: number
  /** Versions that no query sees yet. */
  readonly pending: number
  readonly kinds: readonly { readonly kind: FaultKind; readonly sentence: string }[]
  readonly faults: readonly FaultState[]
}

/** The state of an instance. */
export function overview(world: World): Overview {
  const { access, clock, commits, database, faults, options, requests, seed, work } = world
  commits.settle()
  const tables = database
    .tables()
    .map(({ definition: { name, label }, size }) => ({ name, label, rows: size }))
  return {
    name: options.name ?? 'instance',
    seed,
    now: clock.now().toISOString(),
    running: clock.running,
    requests: requests.count(),
    users: access.principals.map(({ userName, name, roles }) => ({ user: userName, name, roles })),
    tables,
    work: work.read() ?? null,
    latencyMs: options.latencyMs ?? 0,
    pending: commits.pending().length,
    kinds: FAULT_KINDS.map((kind) => ({ kind, sentence: FAULT_SENTENCES[kind] })),
    faults: faults.list(),
  }
}
