/** Rows that changed and left our filter: the filtered window cannot show them, so the same window is read thinly without it. */
import type { SysId } from '../base/values.ts'
import { modCount } from '../model/observation.ts'
import type { SourcePage } from '../ports/source.ts'
import type { MirrorKey } from '../ports/store.ts'
import { removeGone } from './confirm.ts'
import type { PullEvent } from './events.ts'
import type { RunContext } from './run-context.ts'
import { walkKeys } from './walk-keys.ts'
import type { Window } from './window.ts'

/**
 * Run it after the window has been read: then a mirrored row that is not what is there now did not pass the filter. False when nothing
 * could be proven about some of them.
 */
export async function* removeLeftScope(
  context: RunContext,
  window: Pick<Window, 'lo' | 'hi'>,
): AsyncGenerator<PullEvent, boolean, void> {
  yield context.phase('scope')
  let proven = true
  const slices = [{ from: window.lo, to: window.hi }]
  for await (const { page } of walkKeys(context, slices, { order: 'ascending', view: 'unfiltered_keys' })) {
    const left = await otherInMirror(context, page)
    if (left.length === 0) continue
    const verdict = await removeGone(context, left, { cause: 'left_scope' })
    yield* verdict.events
    proven &&= verdict.proven
  }
  return proven
}

/** Two changes within one second differ by their count alone. */
async function otherInMirror({ config }: RunContext, page: SourcePage): Promise<SysId[]> {
  const shown = new Map(page.records.map((record) => [record.sys_id, record]))
  const mirrored = await config.store.readKeys(config.integration, [...shown.keys()])
  const isOther = ({ sysId, u, mod }: MirrorKey): boolean => {
    const row = shown.get(sysId)
    if (row === undefined) return false
    return u < row.sys_updated_on || (u === row.sys_updated_on && mod !== modCount(row))
  }
  return mirrored.filter(isOther).map(({ sysId }) => sysId)
}
