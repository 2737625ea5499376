/** Walks all intervals of an integration in windows of ids, so that work on all of them never holds the one thread for long. */
import type { SysId } from '../base/values.ts'
import { breath } from './breath.ts'
import type { PreparingHandle } from './sqlite-database.ts'

/** Ids greater than `after`, up to `upTo`. */
export interface IdWindow {
  after: string
  upTo: string
}

/** Greater than every id: ids are hexadecimal. */
const BEYOND = 'g'

/**
 * Windows that hold about `size` intervals each, in order of sys_id, with a breath between two. Only the index of intervals is read.
 * Work within a window may write: rows written there are behind the next one.
 */
export async function* idWindows(
  handle: PreparingHandle,
  stream: number,
  size: number,
): AsyncGenerator<IdWindow> {
  const bound = handle.prepare(BOUND)
  let after = ''
  for (;;) {
    const last = bound.get(stream, after, size - 1) as { sys_id: SysId } | undefined
    yield { after, upTo: last?.sys_id ?? BEYOND }
    if (last === undefined) return
    after = last.sys_id
    await breath()
  }
}

const BOUND = 'select sys_id from sl_rows where stream = ? and sys_id > ? order by sys_id limit 1 offset ?'
