/** Deletes as the instance recorded them, each confirmed: not every delete is there, and a record that came back is no delete. */
import { InvalidRequestError, NotFoundError, PermissionError } from '../base/errors.ts'
import { addSeconds, laterStamp, type SysId, type UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourcePage } from '../ports/source.ts'
import { removeGone } from './confirm.ts'
import type { PullEvent } from './events.ts'
import { notice, type RunContext } from './run-context.ts'
import { readSlice } from './slice-reader.ts'

/**
 * Applies what was recorded since `deletesTo`, an overlap earlier. Returns how far the record is applied: no farther than before when it
 * cannot be read or something could not be proven.
 */
export async function* applyDeletes(
  context: RunContext,
  deletesTo: UtcStamp | null,
): AsyncGenerator<PullEvent, UtcStamp | null, void> {
  const { config, newest } = context
  const started = deletesTo ?? newest.servedAt ?? newest.stamp
  if (config.source.deletes === undefined || started === null) return deletesTo
  yield context.phase('deletes')
  const overlap = Math.ceil(config.overlapMs / 1000)
  let reached = started
  const pending: Slice[] = [{ from: addSeconds(started, -overlap), to: null }]
  for (let slice = pending.shift(); slice !== undefined; slice = pending.shift()) {
    const answer = await readFeed(context, slice)
    if (answer === null) {
      yield notice(
        'deletes.unreadable',
        'The record of deletes may not be read: deletes are found by the reconcile alone',
      )
      return started
    }
    pending.unshift(...answer.rest)
    const { events, proven } = await removeGone(context, await stillMirrored(context, answer.page), {
      cause: 'deleted',
    })
    yield* events
    if (!proven) return started
    reached = laterStamp(reached, newestEntry(answer.page)) ?? reached
  }
  return reached
}

async function readFeed(context: RunContext, slice: Slice) {
  const { config, signal, keySize: size, newest } = context
  const { linkSeen } = newest
  try {
    return await readSlice(slice, {
      size,
      linkSeen,
      ask: (limit) => deletesOf(config.source, { slice, limit, signal }),
    })
  } catch (error) {
    const refused =
      error instanceof PermissionError ||
      error instanceof NotFoundError ||
      error instanceof InvalidRequestError
    if (refused) return null
    throw error
  }
}

type Source = RunContext['config']['source']

function deletesOf(
  source: Source,
  request: Parameters<NonNullable<Source['deletes']>>[0],
): Promise<SourcePage> {
  if (source.deletes === undefined)
    throw new NotFoundError('no record of deletes', { method: 'GET', url: '', status: 404 })
  return source.deletes(request)
}

async function stillMirrored({ config }: RunContext, page: SourcePage): Promise<SysId[]> {
  const named = [...new Set(page.records.map((entry) => entry.documentkey as SysId))]
  const mirrored = await config.store.readKeys(config.integration, named)
  return mirrored.map(({ sysId }) => sysId)
}

/** Entries stamped ahead of the instance's clock must not carry the overlap of the next ones away. */
function newestEntry({ records, servedAt }: SourcePage): UtcStamp | null {
  const stamps = records.map((entry) => entry.sys_updated_on)
  return stamps.findLast((stamp) => servedAt === null || stamp <= servedAt) ?? null
}
