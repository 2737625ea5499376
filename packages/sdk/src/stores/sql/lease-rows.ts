/** Leases in SQL: one row a name; the token of a row only grows. */
import type { Kysely } from 'kysely'
import type { Lease } from '../../model/lease.ts'
import { leaseLost } from '../losses.ts'
import type { SnowlineTables } from './tables.ts'

export type LeaseAnswer = Lease | { heldBy: string; expiresAt: number }

/** Takes the lease when it is free or expired. Runs inside a transaction. */
export async function acquire(
  db: Kysely<SnowlineTables>,
  wanted: { name: string; owner: string; ttlMs: number; nowMs: number },
): Promise<LeaseAnswer> {
  const { name, owner, ttlMs, nowMs } = wanted
  const row = await db.selectFrom('sl_leases').selectAll().where('name', '=', name).executeTakeFirst()
  if (row !== undefined && row.owner !== null && Number(row.expires_at) > nowMs) {
    return { heldBy: row.owner, expiresAt: Number(row.expires_at) }
  }
  const lease = { name, owner, token: (row?.token ?? 0) + 1, expires_at: nowMs + ttlMs }
  await db
    .insertInto('sl_leases')
    .values(lease)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(lease))
    .execute()
  return { name, owner, token: lease.token, expiresAt: lease.expires_at }
}

export async function renew(
  db: Kysely<SnowlineTables>,
  lease: Lease,
  ttlMs: number,
  nowMs: number,
): Promise<Lease> {
  await checkLease(db, lease)
  const expiresAt = nowMs + ttlMs
  await db
    .updateTable('sl_leases')
    .set({ expires_at: expiresAt })
    .where('name', '=', lease.name)
    .where('token', '=', lease.token)
    .execute()
  return { ...lease, expiresAt }
}

export async function release(db: Kysely<SnowlineTables>, lease: Lease): Promise<void> {
  await db
    .updateTable('sl_leases')
    .set({ owner: null, expires_at: 0 })
    .where('name', '=', lease.name)
    .where('token', '=', lease.token)
    .execute()
}

/** Gives back the lease of a dead holder; false when it was not the holder. */
export async function end(db: Kysely<SnowlineTables>, name: string, owner: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sl_leases')
    .set({ owner: null, expires_at: 0 })
    .where('name', '=', name)
    .where('owner', '=', owner)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Throws LeaseLostError unless this token is the newest of its name and not given back. */
export async function checkLease(db: Kysely<SnowlineTables>, lease: Lease): Promise<void> {
  const row = await db
    .selectFrom('sl_leases')
    .select(['token', 'owner'])
    .where('name', '=', lease.name)
    .executeTakeFirst()
  if (row?.token === lease.token && row.owner === lease.owner) return
  throw leaseLost(lease)
}
