/** Settings of the installation that nobody types: made once, kept with the data. */
import { randomBytes } from 'node:crypto'
import type { Executor } from './tables.ts'

/**
 * The name under which this installation makes incidents: the first part of every `correlation_id`. Two installations that push to one
 * instance must never share it, so it is made at random; of several processes that make it at once the first one wins.
 *
 * @example await installationId(db)  // 'copilot-3f9a0c12'
 */
export async function installationId(db: Executor): Promise<string> {
  await db
    .insertInto('app_settings')
    .values({ name: 'installation_id', value: `copilot-${randomBytes(4).toString('hex')}` })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  const row = await db
    .selectFrom('app_settings')
    .select('value')
    .where('name', '=', 'installation_id')
    .executeTakeFirstOrThrow()
  return row.value
}

export async function readSetting(db: Executor, name: string): Promise<string | null> {
  const row = await db.selectFrom('app_settings').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value ?? null
}

export async function writeSetting(tx: Executor, name: string, value: string): Promise<void> {
  await tx
    .insertInto('app_settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute()
}

export async function deleteSetting(tx: Executor, name: string): Promise<void> {
  await tx.deleteFrom('app_settings').where('name', '=', name).execute()
}
