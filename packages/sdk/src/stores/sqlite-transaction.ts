/** One transaction of the SQLite store: rows by prepared statements, everything else by kysely, on the same handle. */
import type { Transaction } from 'kysely'
import { StoreError } from '../base/errors.ts'
import type { Lease } from '../model/lease.ts'
import type { SyncState } from '../model/sync-state.ts'
import type { StoreTransaction } from '../ports/store.ts'
import { bodyRewriter, ErasedSums } from './erasing.ts'
import { noVersion } from './losses.ts'
import { retention } from './retention.ts'
import { afterSeal, countsAgainst, rollbackNumber, rolledBack, sealedVersion } from './sealing.ts'
import * as leases from './sql/lease-rows.ts'
import { readState, writeState } from './sql/state-rows.ts'
import type { SnowlineTables } from './sql/tables.ts'
import { deleteVersions, insertVersion, listVersions, resealVersion } from './sql/version-rows.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { rewriteBodies } from './sqlite-erase.ts'
import { dropUnheld, rollBack } from './sqlite-rollback.ts'
import type { SqliteRows } from './sqlite-rows.ts'
import { runnerOf, runnerOn, type StatementRunner } from './sqlite-runner.ts'

export class SqliteTransaction implements StoreTransaction {
  readonly db: Transaction<SnowlineTables>
  /** Something was overwritten that must not stay in the log. */
  forgets = false
  private readonly rows: SqliteRows
  private readonly database: SqliteDatabase
  private readonly changesBefore: number
  private lease: Lease | null = null
  private runner: StatementRunner | null = null

  constructor(db: Transaction<SnowlineTables>, rows: SqliteRows, database: SqliteDatabase) {
    this.db = db
    this.rows = rows
    this.database = database
    this.changesBefore = rows.totalChanges()
  }

  checkLease(...[lease]: Parameters<StoreTransaction['checkLease']>): Promise<void> {
    this.lease = lease
    return leases.checkLease(this.db, lease)
  }

  async readState(integration: string): Promise<SyncState | null> {
    return (await readState(this.db, integration))?.state ?? null
  }

  async writeState(state: SyncState): Promise<void> {
    await writeState(this.db, state)
  }

  async apply(...[state, runId, observations, options]: Parameters<StoreTransaction['apply']>) {
    return this.singleRows().apply(await this.stream(state), state, runId, observations, options)
  }

  async remove(...[state, runId, removals]: Parameters<StoreTransaction['remove']>) {
    return this.singleRows().remove(await this.stream(state), state, runId, removals)
  }

  async dropUnseen(...[state, runId]: Parameters<StoreTransaction['dropUnseen']>) {
    return this.singleRows().dropUnseen(await this.stream(state), state, runId)
  }

  async seal(...[state, seal]: Parameters<StoreTransaction['seal']>) {
    const version = sealedVersion(state, seal)
    const following = afterSeal(state, seal)
    await insertVersion(this.db, await writeState(this.db, following), version)
    return { state: following, version }
  }

  async rollback(...[state, runId, number, seal]: Parameters<StoreTransaction['rollback']>) {
    const { integration, open } = state
    const { runner, stream } = await this.bulk(state)
    const [target] = await listVersions(this.db, integration, { limit: 1, number })
    if (target === undefined) throw noVersion(integration, number)
    const numbers = { stream, open, target: number, number: rollbackNumber(state), runId }
    const counts = countsAgainst(target, await rollBack(runner, numbers))
    const { state: following, version } = rolledBack(state, target, seal, counts)
    await insertVersion(this.db, await writeState(this.db, following), version)
    return { state: following, version, counts }
  }

  async retain(...[state, from]: Parameters<StoreTransaction['retain']>) {
    const { runner, stream } = await this.bulk(state)
    const { gone, firstHeld } = retention(state, await this.versions(state), from)
    const rows = await dropUnheld(runner, stream, firstHeld)
    await deleteVersions(this.db, stream, firstHeld)
    return { versions: gone.length, rows }
  }

  async erase(...[state, rewrite]: Parameters<StoreTransaction['erase']>) {
    const { runner, stream } = await this.bulk(state)
    const sums = new ErasedSums(await this.versions(state), state)
    this.forgets = true
    await rewriteBodies(runner, { stream, open: state.open }, bodyRewriter(rewrite), sums)
    const { versions, state: following } = sums.outcome()
    for (const { number, contentHash } of versions) await resealVersion(this.db, stream, number, contentHash)
    await writeState(this.db, following)
    return { records: sums.records, versions: versions.length, state: following }
  }

  /**
   * How work on all rows of an integration runs: here while they are few or this transaction has written already, else on a thread of
   * its own, where everything that was checked before is checked again under the new lock.
   */
  private async bulk(state: SyncState): Promise<{ runner: StatementRunner; stream: number }> {
    const stream = await this.stream(state)
    if (this.runner === null && (this.hasWritten() || !this.rows.areMany(stream))) {
      this.runner = runnerOn(this.database.writeHandle)
    }
    if (this.runner !== null) return { runner: this.runner, stream }
    const before = await this.readState(state.integration)
    this.runner = runnerOf(await this.database.moveToThread())
    if (this.lease !== null) await leases.checkLease(this.db, this.lease)
    if (JSON.stringify(await this.readState(state.integration)) !== JSON.stringify(before)) {
      throw new StoreError(`Another process has written ${state.integration} in between`, { retryable: true })
    }
    return { runner: this.runner, stream }
  }

  private hasWritten(): boolean {
    return this.rows.totalChanges() > this.changesBefore
  }

  /** The prepared statements of single rows belong to the writer's handle, which has no part in a transaction that moved. */
  private singleRows(): SqliteRows {
    if (this.runner === null) return this.rows
    const message = 'Rows are written before a rollback, retention or erasure in a transaction, not after'
    throw new StoreError(message, { hint: 'Use a second transaction.' })
  }

  private versions({ integration }: SyncState) {
    return listVersions(this.db, integration, { limit: Number.MAX_SAFE_INTEGER })
  }

  private async stream(state: SyncState): Promise<number> {
    return (await readState(this.db, state.integration))?.stream ?? writeState(this.db, state)
  }
}
