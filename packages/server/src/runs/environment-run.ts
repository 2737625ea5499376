/** A run of the environment's connection: it has a mirror, versions and raw answers like any other, but no row and therefore no stored run. */
import { randomUUID } from 'node:crypto'
import type { Logger } from '@snowline/sdk'
import { createSyncEngine, type PullEvent, type SyncStore } from '@snowline/sdk/sync'
import { nameOf } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import type { Connection } from '../connections/connections.ts'
import { appendAudit } from '../db/audit.ts'
import type { Executor } from '../db/tables.ts'
import { mirrorSource } from './mirror-source.ts'
import { openRawKeeper } from './raw-keeper.ts'
import { liftPause, type StartedBy } from './run-start.ts'

export interface EnvironmentRunOptions {
  write: Executor
  store: SyncStore
  clock: Clock
  logger: Logger
  dataDir: string
  rawDump: boolean
}

/** Event by event; goes on only while it is iterated. @throws what the engine throws */
export async function* environmentRun(
  options: EnvironmentRunOptions,
  connection: Connection,
  by: StartedBy,
  signal: AbortSignal,
): AsyncGenerator<PullEvent, void, void> {
  const { write, store, clock, logger, dataDir, rawDump } = options
  const { mirror: integration } = connection
  const runId = randomUUID()
  const target = `integration:${integration}`
  const engine = createSyncEngine({
    source: mirrorSource(connection, null),
    store,
    integration,
    clock,
    logger,
  })
  const raw = await openRawKeeper({ on: rawDump, dataDir, integration, runId, logger })
  try {
    const events = engine.pull({
      runId,
      createdBy: nameOf(by.principal),
      signal,
      onPage: (text) => raw.page(text),
      async onTransition(transaction, event) {
        if (event.type !== 'complete' && event.type !== 'notice') return
        const [action, after] =
          event.type === 'complete'
            ? ['sync.complete', { runId, counts: event.counts, version: event.activeVersion }]
            : [`sync.${event.code}`, { runId, message: event.message, details: event.details }]
        // The engine's store is over our own database: its transaction is one of ours.
        await appendAudit(transaction.db as Executor, by.actor, clock.now(), { action, target, after })
      },
    })
    let begun = false
    for await (const event of events) {
      // The lease is ours from the first event on: nobody who was turned away lifts a pause.
      if (!begun) await write.transaction().execute((tx) => liftPause(tx, integration, by, clock.now()))
      begun = true
      if (event.type === 'complete') {
        await raw.records()
        await raw.close()
      }
      yield event
    }
  } catch (error) {
    await raw.close()
    throw error
  } finally {
    // A caller that stopped reading, or a lease that was never ours.
    await raw.discard()
  }
}
