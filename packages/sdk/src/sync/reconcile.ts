/** Compares every key of the mirror with the instance: what no window can show (unstamped writes, hidden and revealed rows, lost deletes). */
import { SnowlineError } from '../base/errors.ts'
import type { SysId } from '../base/values.ts'
import { modCount } from '../model/observation.ts'
import type { Slice } from '../model/slice.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { MirrorKey } from '../ports/store.ts'
import { IDS_A_REQUEST, readByIds, removeGone } from './confirm.ts'
import type { PullEvent } from './events.ts'
import { splitById } from './next-slices.ts'
import { notice, type RunContext } from './run-context.ts'
import { type KeyAnswer, walkKeys } from './walk-keys.ts'

/** So many records may vanish from view without a person being asked. */
export const GUARD_ROWS = 50
export const GUARD_SHARE = 0.02

/** Pages of keys from which sixteen parts are read side by side. */
const PAGES_WORTH_SPLITTING = 8
/** Mirrored keys compared at once. */
const KEYS_AT_ONCE = 10_000

/** More records have vanished than is believable: nothing was removed. */
export class ReconcileNeedsConfirmationError extends SnowlineError {
  override readonly name = 'ReconcileNeedsConfirmationError'
  constructor(integration: string, missing: number, mirrored: number) {
    super(
      `${missing} of ${mirrored} records of ${integration} are not visible any more; nothing was removed`,
      {
        code: 'sync.reconcile_needs_confirmation',
        hint: 'Check the rights of the integration user and the instance; if the records are really gone, sync again and confirm the removal.',
        details: { integration, missing, mirrored },
      },
    )
  }
}

/**
 * Reads all keys, fetches what is missing or different, and removes what is neither in the scan nor among those confirmed to be there.
 * False when nothing could be proven about some of them. What an older generation saw last counts as different, and when it is missing
 * it goes with that generation. Throws ReconcileNeedsConfirmationError, and what the source throws: then nothing has been removed.
 */
export async function* reconcile(
  context: RunContext,
  options: { confirmed: boolean; generation: number },
): AsyncGenerator<PullEvent, boolean, void> {
  const { config, writer } = context
  yield context.phase('reconcile')
  const mirrored = writer.mirrored
  const guard = Math.max(GUARD_ROWS, Math.floor(mirrored * GUARD_SHARE))
  const scan = { compared: 0, fetched: 0, missing: 0, candidates: [] as SysId[] }
  const whole: Slice = { from: null, to: null }
  const slices = mirrored > context.keySize.limit * PAGES_WORTH_SPLITTING ? splitById(whole) : [whole]
  for await (const answer of walkKeys(context, slices, { order: 'by_id', view: 'keys' })) {
    scan.compared += answer.page.records.length
    for await (const { wanted, gone } of differences(context, answer, options.generation)) {
      scan.missing += gone.length
      if (options.confirmed || scan.missing <= guard) scan.candidates.push(...gone)
      scan.fetched += wanted.length
      yield* heal(context, wanted)
    }
    yield context.phase('reconcile')
  }
  context.seen.forgetUnnamed()
  if (scan.missing > guard && !options.confirmed) {
    throw new ReconcileNeedsConfirmationError(config.integration, scan.missing, mirrored)
  }
  const healing = healed(scan.candidates.length)
  const verdict = await removeGone(context, scan.candidates, { cause: 'gone_from_view', healing })
  yield* verdict.events
  if (!verdict.proven) return false
  const { compared, fetched, missing } = scan
  yield notice('reconcile.done', `${compared} keys compared with the instance`, {
    compared,
    fetched,
    missing,
  })
  return true
}

interface Differences {
  /** Missing in the mirror, another version there, or not yet seen by this generation. */
  wanted: SysId[]
  /** In the mirror, and not in this part of the scan. */
  gone: SysId[]
}

/** One answer against the part of the mirror that it speaks of. */
async function* differences(
  { config }: RunContext,
  answer: KeyAnswer,
  generation: number,
): AsyncGenerator<Differences, void, void> {
  const range = rangeOf(answer)
  if (range === null) return
  const rows = new Map(answer.page.records.map((record) => [record.sys_id, record]))
  let { after } = range
  for (;;) {
    const keys = await config.store.listKeys(config.integration, {
      limit: KEYS_AT_ONCE,
      ...(after === undefined ? {} : { after }),
      ...(range.upTo === undefined ? {} : { upTo: range.upTo }),
    })
    const wanted: SysId[] = []
    const gone: SysId[] = []
    for (const key of keys) {
      const row = rows.get(key.sysId)
      rows.delete(key.sysId)
      const met = key.generation >= generation
      if (row !== undefined && !(met && isSame(key, row))) wanted.push(key.sysId)
      if (row === undefined && met) gone.push(key.sysId)
    }
    const last = keys.length === KEYS_AT_ONCE ? keys.at(-1) : undefined
    // What no mirrored key answered to is missing there; known only when the whole range is through.
    if (last === undefined) wanted.push(...rows.keys())
    yield { wanted, gone }
    if (last === undefined) return
    after = last.sysId
  }
}

/** Ids an answer has told everything about; null when it told nothing (its slice was split). */
function rangeOf({ slice, page, rest }: KeyAnswer): { after?: SysId; upTo?: SysId } | null {
  const prefix = slice.prefix ?? ''
  // As texts, a prefix stands right before its first id, and with a letter beyond f right after its last one.
  const after = (slice.after ?? prefix) as SysId
  const from = after === '' ? {} : { after }
  const last = page.records.at(-1)
  if (rest.length === 0) return prefix === '' ? from : { ...from, upTo: `${prefix}g` as SysId }
  return last === undefined ? null : { ...from, upTo: last.sys_id }
}

function isSame(key: MirrorKey, row: SourceRecord): boolean {
  return key.u === row.sys_updated_on && key.mod === modCount(row)
}

/** Brings records in whatever their stamp: future stamps and restored instances heal this way. */
async function* heal(context: RunContext, sysIds: readonly SysId[]): AsyncGenerator<PullEvent, void, void> {
  for (let at = 0; at < sysIds.length; at += IDS_A_REQUEST) {
    const { observations } = await readByIds(context, sysIds.slice(at, at + IDS_A_REQUEST))
    if (observations.length === 0) continue
    const event = await context.writer.commit(observations, { healing: healed(observations.length) })
    if (event !== null) yield event
  }
}

function healed(rows: number) {
  return notice('reconcile.healed', 'Records were brought in line with the instance by a reconcile', { rows })
}
