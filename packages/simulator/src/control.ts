/** The hand that tests and demos put into the instance: load, play, break, move the clock, look behind the curtain. */
import type { Clock } from './clock.ts'
import type { Fault, FaultState } from './faults.ts'
import { type MutateOptions, type Mutation, mutate } from './mutate.ts'
import { toStamp } from './stamp.ts'
import type { Stats } from './statistics.ts'
import type { RawRecord } from './table-store.ts'
import { loadRecords, type World } from './world.ts'
import { deleteRecord } from './write.ts'

/** One line of a change stream. */
export interface PlayLine {
  readonly seq?: number
  /** ISO 8601 instant; the clock is set to it. */
  readonly at: string
  readonly op: 'insert' | 'update' | 'delete'
  readonly sys_id: string
  /** Default `incident`. */
  readonly table?: string
  /** Raw values, stored as they are. */
  readonly set?: RawRecord
}

/** The control methods of an instance. */
export interface Control {
  /** Stores records as they are: no stamps, no rules; known sys_ids are written over. Gives their number. Throws `RangeError` for an unknown table, `TypeError` for a record without sys_id. */
  load(table: string, records: Iterable<RawRecord>): number
  /** Plays a change stream as it is and gives the number of lines. Deletes are recorded in `sys_audit_delete`. */
  play(lines: Iterable<PlayLine>): number
  /** Sets a fault, gives its id; throws `TypeError` for an unknown kind. */
  setFault(fault: Fault): string
  /** Clears one fault, or all. */
  clearFaults(id?: string): void
  faults(): FaultState[]
  readonly clock: Clock
  /** Makes random, believable changes with stamps of the instance's clock. */
  mutate(options: MutateOptions): Mutation[]
  stats(): Stats
  /** Back to the beginning: first data, first clock, no faults, no hidden rows, empty statistics. */
  reset(): void
  /** All records of a table as raw values, in no particular order. Throws `RangeError` for an unknown table. */
  records(table: string): Record<string, string>[]
  /** Hides rows from everybody or from one user, as an access rule does: after the limit. */
  hide(sysIds: Iterable<string>, user?: string): void
  /** Shows hidden rows again; without ids, all of them. */
  reveal(sysIds?: Iterable<string>, user?: string): void
}

function playLine(world: World, line: PlayLine): void {
  const { database, clock } = world
  const table = database.need(line.table ?? 'incident')
  clock.set(line.at)
  const row = table.find(line.sys_id)
  if (line.op === 'delete') {
    const system = world.access.principals[0]
    if (row && system) deleteRecord(world, table, row, { by: system })
  } else if (row) table.update(row, line.set ?? {})
  else {
    const stamp = toStamp(clock.now().getTime())
    table.insert({ sys_created_on: stamp, sys_updated_on: stamp, ...line.set, sys_id: line.sys_id })
  }
}

/** Creates the control methods; `world` gives the state as it is now, `restart` replaces it by a fresh one. */
export function createControl(clock: Clock, world: () => World, restart: () => void): Control {
  return {
    clock,
    load: (table, records) => loadRecords(world().database, table, records),
    play(lines) {
      let count = 0
      for (const line of lines) {
        playLine(world(), line)
        count++
      }
      return count
    },
    setFault: (fault) => world().faults.set(fault),
    clearFaults: (id) => world().faults.clear(id),
    faults: () => world().faults.list(),
    mutate: (options) => mutate(world(), options),
    stats: () => world().statistics.read(world().database),
    reset() {
      clock.reset()
      restart()
    },
    records(table) {
      const store = world().database.need(table)
      return Array.from(store.rows(), (row) => store.toRecord(row))
    },
    hide: (sysIds, user) => world().access.hide(sysIds, user),
    reveal: (sysIds, user) => world().access.reveal(sysIds, user),
  }
}
