/** Erasure in SQLite: the bodies of all intervals of an integration, read and rewritten in windows of ids. */
import type { SysId } from '../base/values.ts'
import type { ErasedSums } from './erasing.ts'
import type { StatementRunner } from './sqlite-runner.ts'
import { idWindows } from './sqlite-windows.ts'

interface ErasableRow {
  id: number
  sysId: SysId
  fromVersion: number
  toVersion: number | null
  hash: string
  body: string
}

/** Bodies are parsed and hashed on this thread, so a window of them is small. */
const WINDOW = 150

const read = `select rowid as id, sys_id as sysId, from_version as fromVersion, to_version as toVersion, hash, body
  from sl_rows where stream = @stream and sys_id > @after and sys_id <= @upTo order by sys_id`

const write = 'update sl_rows set hash = @hash, body = @body where rowid = @id'

/** A record that the open version changed and that is now as the sealed one: the sealed interval goes on, with the later sight. */
const findAlike = `select closed.rowid as closed, live.rowid as live from sl_rows closed
  join sl_rows live on live.stream = closed.stream and live.sys_id = closed.sys_id
    and live.from_version = @open and live.hash = closed.hash
  where closed.stream = @stream and closed.sys_id > @after and closed.sys_id <= @upTo
    and closed.to_version = @open`

const takeOver = `update sl_rows set to_version = null, (u, mod, observed, generation) =
    (select u, mod, observed, generation from sl_rows live where live.rowid = @live)
  where rowid = @closed`

const drop = 'delete from sl_rows where rowid = @live'

/** Rewrites the bodies and tells `sums` of each. */
export async function rewriteBodies(
  runner: StatementRunner,
  { stream, open }: { stream: number; open: number },
  rewriteBody: (body: string) => { body: string; hash: string } | null,
  sums: ErasedSums,
): Promise<void> {
  // Freed bytes are overwritten with zeros, else an erased text would stay in the file's free pages.
  await runner.all('pragma secure_delete = on', [])
  try {
    await rewriteWindows(runner, { stream, open }, rewriteBody, sums)
  } finally {
    await runner.all('pragma secure_delete = off', [])
  }
}

async function rewriteWindows(
  runner: StatementRunner,
  { stream, open }: { stream: number; open: number },
  rewriteBody: (body: string) => { body: string; hash: string } | null,
  sums: ErasedSums,
): Promise<void> {
  for await (const window of idWindows(runner, stream, WINDOW)) {
    const range = { stream, ...window }
    const changes: { id: number; hash: string; body: string }[] = []
    for (const row of (await runner.all(read, range)) as ErasableRow[]) {
      const change = rewriteBody(row.body)
      if (change === null) continue
      sums.record(row, change.hash)
      changes.push({ id: row.id, ...change })
    }
    if (changes.length === 0) continue
    await runner.run(write, ...changes)
    for (const pair of (await runner.all(findAlike, { ...range, open })) as { live: number }[]) {
      await runner.run(takeOver, pair)
      await runner.run(drop, { live: pair.live })
      sums.merge()
    }
  }
}
