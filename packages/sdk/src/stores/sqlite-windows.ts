/** Walks all intervals of an integration in windows of ids, so that each statement of work on all of them is short. */
import type { StatementRunner } from './sqlite-runner.ts'

/** Ids greater than `after`, up to `upTo`. */
export interface IdWindow {
  after: string
  upTo: string
}

/** Greater than every id: ids are hexadecimal. */
const BEYOND = 'g'

const BOUND = `select sys_id from sl_rows where stream = @stream and sys_id > @after
  order by sys_id limit 1 offset @skip`

/**
 * Windows that hold about `size` intervals each, in order of sys_id. Only the index of intervals is read. Work within a window may
 * write: rows written there are behind the next one.
 */
export async function* idWindows(
  runner: StatementRunner,
  stream: number,
  size: number,
): AsyncGenerator<IdWindow> {
  let after = ''
  for (;;) {
    const [last] = (await runner.all(BOUND, { stream, after, skip: size - 1 })) as { sys_id: string }[]
    yield { after, upTo: last?.sys_id ?? BEYOND }
    if (last === undefined) return
    after = last.sys_id
  }
}
