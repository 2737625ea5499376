/** Rows that changed and left our filter: the filtered window cannot show them, so the same window is read thinly without it. */
import type { SysId } from '../base/values.ts'
import type { SourcePage } from '../ports/source.ts'
import { removeGone } from './confirm.ts'
import type { PullEvent } from './events.ts'
import type { RunContext } from './run-context.ts'
import { walkKeys } from './walk-keys.ts'
import type { Window } from './window.ts'

/** Run it after the window has been read: then a mirrored row that is older than what is there did not pass the filter. */
export async function* removeLeftScope(
  context: RunContext,
  window: Pick<Window, 'lo' | 'hi'>,
): AsyncGenerator<PullEvent, void, void> {
  yield context.phase('scope')
  const slices = [{ from: window.lo, to: window.hi }]
  for await (const { page } of walkKeys(context, slices, { order: 'ascending', view: 'unfiltered_keys' })) {
    const left = await olderInMirror(context, page)
    if (left.length === 0) continue
    yield* (await removeGone(context, left, { cause: 'left_scope' })).events
  }
}

async function olderInMirror({ config }: RunContext, page: SourcePage): Promise<SysId[]> {
  const stamps = new Map(page.records.map((record) => [record.sys_id, record.sys_updated_on]))
  const mirrored = await config.store.readKeys(config.integration, [...stamps.keys()])
  return mirrored.filter(({ sysId, u }) => u < (stamps.get(sysId) ?? '')).map(({ sysId }) => sysId)
}
