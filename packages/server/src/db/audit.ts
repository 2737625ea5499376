/** The audit log: who did what to what, append-only, each entry holding the hash of the one before it. */
import { createHash } from 'node:crypto'
import type { AuditRow, Executor } from './tables.ts'

export interface Actor {
  /** A user id, `token:{id}`, `anonymous` or `system`. */
  id: string
  requestId: string | null
}

export const systemActor: Actor = { id: 'system', requestId: null }

export interface AuditEntry {
  /** Dotted: `integration.update`, `authz.denied`. */
  action: string
  /** Kind and id: `integration:{uuid}`. */
  target: string
  /** What was there; only its hash is kept. */
  before?: unknown
  after?: unknown
}

const ORIGIN = '0'.repeat(64)

/** Appends one entry. Call it inside the transaction of the change it tells of. */
export async function appendAudit(
  tx: Executor,
  actor: Actor,
  nowMs: number,
  entry: AuditEntry,
): Promise<void> {
  const last = await tx
    .selectFrom('app_audit')
    .select('hash')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const row = {
    at: new Date(nowMs).toISOString(),
    actor: actor.id,
    action: entry.action,
    target: entry.target,
    before_hash: entry.before === undefined ? null : digest(JSON.stringify(entry.before)),
    after_hash: entry.after === undefined ? null : digest(JSON.stringify(entry.after)),
    request_id: actor.requestId,
    previous_hash: last?.hash ?? ORIGIN,
  }
  await tx
    .insertInto('app_audit')
    .values({ ...row, hash: entryHash(row) })
    .execute()
}

/** Every target of the log that begins so: the log forgets nothing, so it names what is gone, too. */
export async function listAuditTargets(db: Executor, prefix: string): Promise<string[]> {
  const rows = await db
    .selectFrom('app_audit')
    .select('target')
    .distinct()
    .where((eb) => eb(eb.fn<string>('substr', ['target', eb.val(1), eb.val(prefix.length)]), '=', prefix))
    .execute()
  return rows.map((row) => row.target)
}

/** The first entry whose hash or link is wrong, or null when the chain holds. Reads 1,000 entries at a time. */
export async function findBrokenAudit(db: Executor): Promise<number | null> {
  let previous = ORIGIN
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('app_audit')
      .selectAll()
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(1000)
      .execute()
    for (const row of rows) {
      if (row.previous_hash !== previous || row.hash !== entryHash(row)) return row.seq
      previous = row.hash
      after = row.seq
    }
    if (rows.length === 0) return null
  }
}

type Hashed = Omit<AuditRow, 'seq' | 'hash'>

function entryHash(row: Hashed): string {
  const { at, actor, action, target, before_hash, after_hash, request_id, previous_hash } = row
  return digest(
    JSON.stringify([previous_hash, at, actor, action, target, before_hash, after_hash, request_id]),
  )
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
