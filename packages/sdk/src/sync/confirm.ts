/** Believes that records are gone only when the instance, asked for them by id, shows one that is surely there and not them. */

import { asksTooMuch } from '../base/retry.ts'
import type { SysId } from '../base/values.ts'
import type { RemovalCause } from '../model/change.ts'
import type { Observation } from '../model/observation.ts'
import type { SourcePage } from '../ports/source.ts'
import type { CommittedEvent, NoticeEvent, RemovedEvent } from './events.ts'
import { isTooLarge } from './page-size.ts'
import { notice, type RunContext } from './run-context.ts'

/** Ids in one request, the witness included: a URL of about 3,500 characters. */
export const IDS_A_REQUEST = 100

export interface Answered {
  observations: Observation[]
  /** Ids that came back, or are there and too large to be read. */
  there: Set<SysId>
}

/** These records as they are now. Asks for fewer at once when they are too much for one answer. Throws what the source throws. */
export async function readByIds(context: RunContext, sysIds: readonly SysId[]): Promise<Answered> {
  const { config, signal, seen } = context
  const startedAt = context.tick()
  let page: SourcePage
  try {
    page = await config.source.byIds(sysIds, { signal })
  } catch (error) {
    if (!asksTooMuch(error) || (sysIds.length === 1 && !isTooLarge(error))) throw error
    return sysIds.length === 1 ? nameTooLarge(context, sysIds) : readHalves(context, sysIds)
  }
  const observations = context.observe(page.records, { startedAt, endedAt: context.tick() })
  seen.took(observations)
  return { observations, there: new Set(observations.map((each) => each.sysId)) }
}

/** A record whose body cannot be read is there all the same, if its key is. */
async function nameTooLarge(
  { config, signal, seen }: RunContext,
  sysIds: readonly SysId[],
): Promise<Answered> {
  const { records } = await config.source.byIds(sysIds, { view: 'keys', signal })
  for (const { sys_id: sysId, sys_updated_on: u } of records) {
    seen.skip(sysId, u)
    config.logger.warn('sync.record_skipped', { integration: config.integration, sysId })
  }
  return { observations: [], there: new Set(records.map((record) => record.sys_id)) }
}

async function readHalves(context: RunContext, sysIds: readonly SysId[]): Promise<Answered> {
  const middle = Math.ceil(sysIds.length / 2)
  const first = await readByIds(context, sysIds.slice(0, middle))
  const second = await readByIds(context, sysIds.slice(middle))
  return {
    observations: [...first.observations, ...second.observations],
    there: first.there.union(second.there),
  }
}

export interface RemoveGoneOptions {
  cause: RemovalCause
  /** Told when rows come back that are replaced whatever their stamp. */
  healing?: NoticeEvent
}

export interface Verdict {
  events: (CommittedEvent | RemovedEvent | NoticeEvent)[]
  /** False when nothing could be proven about some of them. */
  proven: boolean
}

/** Asks for the candidates, removes those that are gone, writes those that came back. */
export async function removeGone(
  context: RunContext,
  candidates: readonly SysId[],
  options: RemoveGoneOptions,
): Promise<Verdict> {
  const events: Verdict['events'] = []
  const { cause, healing } = options
  for (let at = 0; at < candidates.length; at += IDS_A_REQUEST - 1) {
    const asked = candidates.slice(at, at + IDS_A_REQUEST - 1)
    const answer = await askWithWitness(context, asked)
    if (answer === null) {
      events.push(
        notice(
          'deletes.no_verdict',
          'A record that must be there did not come back: nothing was taken for deleted',
          {
            candidates: asked.length,
          },
        ),
      )
      return { events, proven: false }
    }
    const back = await context.writer.commit(answer.observations, healing === undefined ? {} : { healing })
    const gone = asked.filter((id) => !answer.there.has(id))
    const removed = await context.writer.remove(gone.map((sysId) => ({ sysId, cause })))
    events.push(...[back, removed].filter((event) => event !== null))
  }
  return { events, proven: true }
}

/** What came back of the candidates; null when nobody who must be there did. */
async function askWithWitness(context: RunContext, asked: readonly SysId[]): Promise<Answered | null> {
  const candidates = new Set(asked)
  for (const witness of await witnessesFor(context, candidates)) {
    // The witness stands last: a list that was cut on its way loses it first.
    const answer = await readByIds(context, [...asked, witness])
    if (answer.there.has(witness)) {
      return { ...answer, observations: answer.observations.filter((each) => candidates.has(each.sysId)) }
    }
  }
  return (await isTableEmpty(context)) ? { observations: [], there: new Set() } : null
}

/** Rows met in this run, newest first, then the newest of the mirror. */
async function witnessesFor({ config, seen }: RunContext, candidates: ReadonlySet<SysId>): Promise<SysId[]> {
  const met = seen.witnesses.toReversed().filter((id) => !candidates.has(id))
  if (met.length > 0) return met.slice(0, 3)
  const { records } = await config.store.listRecords(config.integration, { limit: candidates.size + 3 })
  const known = records.map((record) => record.sys_id)
  return known.filter((id) => !candidates.has(id)).slice(0, 3)
}

/** The instance counts no row at all: there is nothing that could be hidden from us. */
async function isTableEmpty({ config, signal }: RunContext): Promise<boolean> {
  const slice = { from: null, to: null }
  const page = await config.source.page({ slice, limit: 1, order: 'newest', view: 'unfiltered_keys', signal })
  return page.total === 0
}
