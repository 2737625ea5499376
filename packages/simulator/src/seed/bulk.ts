/** Incidents by the million: each is made out of a believable one and its own id and times whenever somebody reads it. */
import { createRandom, mixSeed, type Random } from '../random.ts'
import { toStamp } from '../stamp.ts'
import type { LazyValues, RawRecord } from '../table-store.ts'
import { streamIncidents, timesFor } from './incidents.ts'
import { createCast } from './people.ts'

/** How many incidents to make. */
export interface BulkSeed {
  readonly seed: number
  readonly count: number
  /** So many incidents in the middle share one `sys_updated_on`, as after a mass update; default 0. */
  readonly sameSecond?: number
}

/** What the incidents are made of. */
export interface BulkGround {
  /** The seed of the instance, whose people the incidents point to. */
  readonly people: number
  readonly now: Date
  /** The number of the first one is one more, such as 10,000 for INC0010001. */
  readonly lastNumber: number
  /** The values of a record in the order of the table's columns. */
  values(record: RawRecord): readonly string[]
  column(name: string): number
}

/** One incident, not made yet. */
export interface BulkIncident {
  readonly id: string
  readonly content: LazyValues
}

/** How many believable ones there are to choose from. */
const MODELS = 2000
/** A model is taken from among so many of the same age, so that neighbours differ. */
const NEAR = 40
/** Columns with a time, which move with `sys_updated_on`. */
const STAMPS = ['sys_created_on', 'opened_at', 'sys_updated_on', 'resolved_at', 'closed_at']

interface Model {
  readonly values: readonly string[]
  /** Where its stamps lie, and by how many seconds each is before `sys_updated_on`. */
  readonly stamps: readonly (readonly [column: number, before: number])[]
}

function toModel(record: RawRecord, ground: BulkGround): Model {
  const ms = (name: string): number => Date.parse(`${record[name]?.replace(' ', 'T')}Z`)
  const updatedMs = ms('sys_updated_on')
  const stamps = STAMPS.filter((name) => record[name]).map(
    (name) => [ground.column(name), (updatedMs - ms(name)) / 1000] as const,
  )
  return { values: ground.values(record), stamps }
}

function modelsFor({ seed }: BulkSeed, ground: BulkGround): Model[] {
  const cast = createCast({ seed: ground.people, now: ground.now })
  const options = { seed: mixSeed(seed, 'models'), count: MODELS, now: ground.now }
  return Array.from(streamIncidents(options, cast), ({ incident }) => toModel(incident, ground))
}

/** A class of its own for each bulk: a million objects then need no field for what they share. */
function incidentClass(models: readonly Model[], { column, lastNumber }: BulkGround) {
  const idAt = column('sys_id')
  const numberAt = [column('number'), column('task_effective_number')]
  return class BulkValues implements LazyValues {
    readonly id: string
    readonly at: number
    readonly model: number
    readonly updated: number

    constructor(id: string, at: number, model: number, updated: number) {
      this.id = id
      this.at = at
      this.model = model
      this.updated = updated
    }

    make(): readonly string[] {
      const { values, stamps } = models[this.model] as Model
      const made = values.slice()
      const number = `INC${String(lastNumber + 1 + this.at).padStart(7, '0')}`
      made[idAt] = this.id
      for (const place of numberAt) made[place] = number
      for (const [place, before] of stamps) made[place] = toStamp((this.updated - before) * 1000)
      return made
    }
  }
}

function modelAt(at: number, count: number, random: Random): number {
  const near = Math.floor((at / count) * MODELS) + random.int(NEAR) - NEAR / 2
  return Math.min(MODELS - 1, Math.max(0, near))
}

/** Yields incidents over the 60 days before `now`, oldest opening first; the same for the same seed. They have no journals. */
export function* streamBulk(options: BulkSeed, ground: BulkGround): Generator<BulkIncident> {
  const { count, sameSecond = 0 } = options
  const random = createRandom(mixSeed(options.seed, 'bulk'))
  const Incident = incidentClass(modelsFor(options, ground), ground)
  const from = Math.floor((count - sameSecond) / 2)
  const span = { ...options, now: ground.now }
  let shared = 0
  for (let at = 0; at < count; at++) {
    const own = Math.floor(timesFor(at, span, random).updated / 1000)
    if (at === from) shared = own
    const updated = at >= from && at < from + sameSecond ? shared : own
    const id = random.hex(32)
    yield { id, content: new Incident(id, at, modelAt(at, count, random), updated) }
  }
}
