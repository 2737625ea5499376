/** Rollback, retention and erasure in SQLite: statements over windows of ids inside the writer's transaction. */
import type { SysId } from '../base/values.ts'
import type { ChangeCounts } from '../model/change.ts'
import { breath } from './breath.ts'
import type { ErasedSums } from './erasing.ts'
import type { PreparedStatement, PreparingHandle } from './sqlite-database.ts'
import { idWindows } from './sqlite-windows.ts'

/** Intervals in one window: a few milliseconds of work, so that no reader waits long. */
const WINDOW = 500

const within = 'stream = @stream and sys_id > @after and sys_id <= @upTo'

export interface RollbackNumbers {
  stream: number
  /** The unfinished version: what it wrote is dropped. */
  open: number
  /** The version to go back to. */
  target: number
  /** The version being made. */
  number: number
  runId: string
}

/** Makes the intervals under `number` equal to those of `target`, and answers how they differ from the head before. */
export async function rollBack(
  handle: PreparingHandle,
  numbers: RollbackNumbers,
): Promise<Omit<ChangeCounts, 'unchanged'>> {
  const statements = rollbackStatements(handle)
  const counts = { added: 0, updated: 0, deleted: 0 }
  for await (const window of idWindows(handle, numbers.stream, WINDOW)) {
    const { stream, open, target, number, runId } = numbers
    const range = { stream, ...window }
    statements.dropOpen.run({ ...range, open })
    statements.reopen.run({ ...range, open })
    const closed = statements.close.run({ ...range, target, number }).changes
    const copied = statements.copy.run({ ...range, target, number }).changes
    const changed = statements.changes.run({ ...range, number, runId }).changes
    counts.added += changed - closed
    counts.deleted += changed - copied
    counts.updated += closed + copied - changed
  }
  return counts
}

function rollbackStatements(handle: PreparingHandle) {
  return {
    dropOpen: handle.prepare(`delete from sl_rows where ${within} and from_version = @open`),
    reopen: handle.prepare(`update sl_rows set to_version = null where ${within} and to_version = @open`),
    // A row that was there all along begins before the target and is never touched; one that came back alike is left as it is.
    close: handle.prepare(
      `update sl_rows set to_version = @number
       where ${within} and +to_version is null and from_version > @target and not exists (
         select 1 from sl_rows old where old.stream = sl_rows.stream and old.sys_id = sl_rows.sys_id
         and old.from_version <= @target and old.to_version > @target and old.hash = sl_rows.hash)`,
    ),
    copy: handle.prepare(
      `insert into sl_rows (stream, sys_id, from_version, u, mod, observed, generation, hash, body)
       select stream, sys_id, @number, u, mod, observed, generation, hash, body from sl_rows old
       where ${within} and from_version <= @target and to_version > @target and not exists (
         select 1 from sl_rows live
         where live.stream = old.stream and live.sys_id = old.sys_id and +live.to_version is null)`,
    ),
    changes: handle.prepare(
      `insert into sl_changes (stream, run, version, sys_id, kind)
       select @stream, @runId, @number, sys_id,
         case when max(from_version) < @number then 'deleted'
              when max(ifnull(to_version, 0)) < @number then 'added' else 'updated' end
       from sl_rows where ${within} and (from_version = @number or to_version = @number) group by sys_id`,
    ),
  } satisfies Record<string, PreparedStatement>
}

/** Change rows looked at in one statement. */
const CHANGES = 2_000

/** Deletes the intervals and change rows that only versions below `firstHeld` needed; answers how many intervals. */
export async function dropUnheld(
  handle: PreparingHandle,
  stream: number,
  firstHeld: number,
): Promise<number> {
  const rows = handle.prepare(`delete from sl_rows where ${within} and to_version <= @firstHeld`)
  let removed = 0
  for await (const window of idWindows(handle, stream, WINDOW)) {
    removed += rows.run({ stream, ...window, firstHeld }).changes
  }
  const changes = handle.prepare(
    'delete from sl_changes where seq > ? and seq <= ? and stream = ? and version < ?',
  )
  const { first, last } = handle
    .prepare('select min(seq) as first, max(seq) as last from sl_changes')
    .get() as { first: number | null; last: number | null }
  for (let at = (first ?? 0) - 1; at < (last ?? 0); at += CHANGES) {
    changes.run(at, at + CHANGES, stream, firstHeld)
    await breath()
  }
  return removed
}

interface ErasableRow {
  id: number
  sysId: SysId
  fromVersion: number
  toVersion: number | null
  hash: string
  body: string
}

/** Bodies are parsed and hashed one by one, so a window of them is smaller. */
const BODIES = 150

/** Rewrites the bodies of all intervals and tells `sums` of each. */
export async function rewriteBodies(
  handle: PreparingHandle,
  { stream, open }: { stream: number; open: number },
  rewriteBody: (body: string) => { body: string; hash: string } | null,
  sums: ErasedSums,
): Promise<void> {
  const read = handle.prepare(
    `select rowid as id, sys_id as sysId, from_version as fromVersion, to_version as toVersion, hash, body
     from sl_rows where ${within} order by sys_id`,
  )
  const write = handle.prepare('update sl_rows set hash = ?, body = ? where rowid = ?')
  const alike = mergeStatements(handle)
  for await (const window of idWindows(handle, stream, BODIES)) {
    let touched = false
    for (const row of read.all({ stream, ...window }) as ErasableRow[]) {
      const change = rewriteBody(row.body)
      if (change === null) continue
      sums.record(row, change.hash)
      write.run(change.hash, change.body, row.id)
      touched = true
    }
    if (!touched) continue
    for (const pair of alike.find.all({ stream, ...window, open }) as { closed: number; live: number }[]) {
      alike.take.run(pair)
      alike.drop.run(pair.live)
      sums.merge()
    }
  }
}

/** A record that the open version changed and that is now as the sealed one: the sealed interval goes on, with the later sight. */
function mergeStatements(handle: PreparingHandle) {
  return {
    find: handle.prepare(
      `select closed.rowid as closed, live.rowid as live from sl_rows closed
       join sl_rows live on live.stream = closed.stream and live.sys_id = closed.sys_id
         and live.from_version = @open and live.hash = closed.hash
       where closed.stream = @stream and closed.sys_id > @after and closed.sys_id <= @upTo
         and closed.to_version = @open`,
    ),
    take: handle.prepare(
      `update sl_rows set to_version = null, (u, mod, observed, generation) =
         (select u, mod, observed, generation from sl_rows live where live.rowid = @live)
       where rowid = @closed`,
    ),
    drop: handle.prepare('delete from sl_rows where rowid = ?'),
  } satisfies Record<string, PreparedStatement>
}
