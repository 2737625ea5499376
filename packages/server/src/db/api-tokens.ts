/** Tokens for programs: stored as a hash, shown once, revocable. */
import type { ApiTokenRow, Executor } from './tables.ts'

export async function insertApiToken(tx: Executor, token: ApiTokenRow): Promise<void> {
  await tx.insertInto('app_api_tokens').values(token).execute()
}

/** A live token by its hash; undefined when it is unknown, expired or revoked. */
export async function findApiToken(
  db: Executor,
  tokenHash: string,
  nowMs: number,
): Promise<ApiTokenRow | undefined> {
  return db
    .selectFrom('app_api_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
    .executeTakeFirst()
}

export async function listApiTokens(db: Executor): Promise<ApiTokenRow[]> {
  return db.selectFrom('app_api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id').execute()
}

/** True when a token that was live is revoked now. */
export async function revokeApiToken(tx: Executor, id: string, at: string): Promise<boolean> {
  const result = await tx
    .updateTable('app_api_tokens')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
