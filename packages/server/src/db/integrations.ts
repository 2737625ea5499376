/** Stored integrations and their sealed secrets. */
import type { Executor, IntegrationRow, SecretRow } from './tables.ts'

export interface StoredIntegration {
  row: IntegrationRow
  /** Member name to sealed text. */
  secrets: ReadonlyMap<string, string>
}

export async function listIntegrations(db: Executor): Promise<StoredIntegration[]> {
  const rows = await db
    .selectFrom('app_integrations')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  const secrets = await db.selectFrom('app_integration_secrets').selectAll().orderBy('member').execute()
  return rows.map((row) => ({ row, secrets: mapOf(secrets.filter((s) => s.integration_id === row.id)) }))
}

export async function readIntegration(db: Executor, id: string): Promise<StoredIntegration | null> {
  const row = await db.selectFrom('app_integrations').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return null
  const secrets = await db
    .selectFrom('app_integration_secrets')
    .selectAll()
    .where('integration_id', '=', id)
    .orderBy('member')
    .execute()
  return { row, secrets: mapOf(secrets) }
}

export async function insertIntegration(tx: Executor, row: IntegrationRow): Promise<void> {
  await tx.insertInto('app_integrations').values(row).execute()
}

export async function updateIntegration(
  tx: Executor,
  id: string,
  patch: Partial<Omit<IntegrationRow, 'id'>>,
): Promise<void> {
  await tx.updateTable('app_integrations').set(patch).where('id', '=', id).execute()
}

/** Removes the row and, by its foreign key, every credential. */
export async function deleteIntegration(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('app_integrations').where('id', '=', id).execute()
}

export async function writeSecret(tx: Executor, secret: SecretRow): Promise<void> {
  await tx
    .insertInto('app_integration_secrets')
    .values(secret)
    .onConflict((conflict) =>
      conflict.columns(['integration_id', 'member']).doUpdateSet({ sealed: secret.sealed }),
    )
    .execute()
}

export async function eraseSecret(tx: Executor, integrationId: string, member: string): Promise<void> {
  await tx
    .deleteFrom('app_integration_secrets')
    .where('integration_id', '=', integrationId)
    .where('member', '=', member)
    .execute()
}

export async function countSecrets(db: Executor): Promise<number> {
  const row = await db
    .selectFrom('app_integration_secrets')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return Number(row.n)
}

function mapOf(secrets: readonly SecretRow[]): ReadonlyMap<string, string> {
  return new Map(secrets.map((secret) => [secret.member, secret.sealed]))
}
