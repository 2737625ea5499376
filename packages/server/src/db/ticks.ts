/** Which tick of a schedule was taken last, so that of several servers on one database one starts it, and a restart knows what it missed. */
import { sql } from 'kysely'
import type { Executor, TickRow } from './tables.ts'

/** A tick taken in the future belongs to a clock that was wrong; so far ahead it is not obeyed. */
const WRONG_CLOCK_MS = 24 * 60 * 60 * 1000

export async function readTick(db: Executor, name: string): Promise<TickRow | null> {
  return (await db.selectFrom('app_ticks').selectAll().where('name', '=', name).executeTakeFirst()) ?? null
}

/** Takes a tick: true for the first who asks for it, false for everybody after. */
export async function claimTick(tx: Executor, tick: TickRow, nowMs: number): Promise<boolean> {
  const result = await tx
    .insertInto('app_ticks')
    .values(tick)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ schedule: tick.schedule, due: tick.due })
        .where((eb) =>
          eb.or([
            eb('app_ticks.schedule', '!=', sql<string>`excluded.schedule`),
            eb('app_ticks.due', '<', sql<number>`excluded.due`),
            eb('app_ticks.due', '>', nowMs + WRONG_CLOCK_MS),
          ]),
        ),
    )
    .executeTakeFirst()
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Counts from here on, unless somebody counts already: what was due before this schedule was set is nobody's loss. */
export async function beginTicks(tx: Executor, tick: TickRow): Promise<void> {
  await tx
    .insertInto('app_ticks')
    .values(tick)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ schedule: tick.schedule, due: tick.due })
        .where('app_ticks.schedule', '!=', tick.schedule),
    )
    .execute()
}

export async function deleteTicks(tx: Executor, name: string): Promise<void> {
  await tx.deleteFrom('app_ticks').where('name', '=', name).execute()
}
