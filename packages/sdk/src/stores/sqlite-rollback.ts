/** Rollback and retention in SQLite: statements over windows of ids inside a write transaction. */
import type { ChangeCounts } from '../model/change.ts'
import type { StatementRunner } from './sqlite-runner.ts'
import { idWindows } from './sqlite-windows.ts'

/** Intervals in one window: a few milliseconds a statement. */
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

const dropOpen = `delete from sl_rows where ${within} and from_version = @open`

const reopen = `update sl_rows set to_version = null where ${within} and to_version = @open`

/** A row that was there all along begins before the target and is never touched; one that came back alike is left as it is. */
const close = `update sl_rows set to_version = @number
  where ${within} and +to_version is null and from_version > @target and not exists (
    select 1 from sl_rows old where old.stream = sl_rows.stream and old.sys_id = sl_rows.sys_id
    and old.from_version <= @target and old.to_version > @target and old.hash = sl_rows.hash)`

const copy = `insert into sl_rows (stream, sys_id, from_version, u, mod, observed, generation, hash, body)
  select stream, sys_id, @number, u, mod, observed, generation, hash, body from sl_rows old
  where ${within} and from_version <= @target and to_version > @target and not exists (
    select 1 from sl_rows live
    where live.stream = old.stream and live.sys_id = old.sys_id and +live.to_version is null)`

const noteChanges = `insert into sl_changes (stream, run, version, sys_id, kind)
  select @stream, @runId, @number, sys_id,
    case when max(from_version) < @number then 'deleted'
         when max(ifnull(to_version, 0)) < @number then 'added' else 'updated' end
  from sl_rows where ${within} and (from_version = @number or to_version = @number) group by sys_id`

/** Makes the intervals under `number` equal to those of `target`, and answers how they differ from the head before. */
export async function rollBack(
  runner: StatementRunner,
  numbers: RollbackNumbers,
): Promise<Omit<ChangeCounts, 'unchanged'>> {
  const { stream, open, target, number, runId } = numbers
  const counts = { added: 0, updated: 0, deleted: 0 }
  for await (const window of idWindows(runner, stream, WINDOW)) {
    const range = { stream, ...window }
    await runner.run(dropOpen, { ...range, open })
    await runner.run(reopen, { ...range, open })
    const closed = await runner.run(close, { ...range, target, number })
    const copied = await runner.run(copy, { ...range, target, number })
    const changed = await runner.run(noteChanges, { ...range, number, runId })
    counts.added += changed - closed
    counts.deleted += changed - copied
    counts.updated += closed + copied - changed
  }
  return counts
}

/** Change rows looked at in one statement. */
const CHANGES = 2_000

/** Deletes the intervals and change rows that only versions below `firstHeld` needed; answers how many intervals. */
export async function dropUnheld(
  runner: StatementRunner,
  stream: number,
  firstHeld: number,
): Promise<number> {
  let removed = 0
  for await (const window of idWindows(runner, stream, WINDOW)) {
    const unheld = `delete from sl_rows where ${within} and to_version <= @firstHeld`
    removed += await runner.run(unheld, { stream, ...window, firstHeld })
  }
  const [{ first, last } = { first: null, last: null }] = (await runner.all(
    'select min(seq) as first, max(seq) as last from sl_changes',
    {},
  )) as { first: number | null; last: number | null }[]
  const old = `delete from sl_changes
    where seq > @after and seq <= @upTo and stream = @stream and version < @firstHeld`
  for (let after = (first ?? 0) - 1; after < (last ?? 0); after += CHANGES) {
    await runner.run(old, { after, upTo: after + CHANGES, stream, firstHeld })
  }
  return removed
}
