/** Why a schedule stands still: kept with its integration, or, for the environment's connection, which has no row, among the settings. */
import { updateIntegration } from './integrations.ts'
import { deleteSetting, readSetting, writeSetting } from './settings.ts'
import type { Executor } from './tables.ts'

export interface Pause {
  reason: string
  /** ISO 8601, UTC. */
  since: string
  /** E-mail address of who paused it. */
  by: string
}

/** The name of the environment's connection in place of an integration's id. */
export const ENVIRONMENT = 'env'
const SETTING = 'env_schedule_paused'

/** Null when nothing is paused, also when there is no such integration. */
export async function readPause(db: Executor, integration: string): Promise<Pause | null> {
  const text = integration === ENVIRONMENT ? await readSetting(db, SETTING) : await pausedOf(db, integration)
  return text === null ? null : parsePause(text)
}

/** Null lifts the pause. */
export async function writePause(tx: Executor, integration: string, pause: Pause | null): Promise<void> {
  const text = pause === null ? null : JSON.stringify(pause)
  if (integration !== ENVIRONMENT) return updateIntegration(tx, integration, { paused: text })
  return text === null ? deleteSetting(tx, SETTING) : writeSetting(tx, SETTING, text)
}

/** From the text of the column. */
export function parsePause(text: string): Pause {
  const { reason, since, by } = JSON.parse(text) as Record<string, unknown>
  return { reason: String(reason), since: String(since), by: String(by) }
}

async function pausedOf(db: Executor, integration: string): Promise<string | null> {
  const row = await db
    .selectFrom('app_integrations')
    .select('paused')
    .where('id', '=', integration)
    .executeTakeFirst()
  return row?.paused ?? null
}
