/** Where a sync keeps its mirror, versions, state and leases: the interface every driver fulfils and the laws it keeps. */
import type { SysId, UtcStamp } from '../base/values.ts'
import type { Change, ChangeCounts, RemovalCause } from '../model/change.ts'
import type { DatasetVersion, RollbackSeal, Seal, VersionDifference } from '../model/dataset-version.ts'
import type { Lease } from '../model/lease.ts'
import type { Observation } from '../model/observation.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SyncState } from '../model/sync-state.ts'

/** What a comparison says of one observation, in the order the observations were given. */
export type Verdict = 'added' | 'updated' | 'unchanged'

export interface Applied {
  /** The state with its books brought up to date; not yet written. */
  state: SyncState
  changes: readonly Change[]
  unchanged: number
}

export interface ApplyOptions {
  /**
   * A reconcile's fetch: a sight replaces the stored row whatever its stamp, when its request started after the stored sight was
   * complete. Future stamps and restored instances heal this way. Equal content still writes nothing.
   */
  force?: boolean
}

export interface Removal {
  sysId: SysId
  cause: RemovalCause
}

/**
 * One transaction: everything in it happens or nothing does. Inside, only database calls: never network, never timers.
 * Rows (`apply`, `remove`, `dropUnseen`) come before a `rollback`, `retain` or `erase` of the same transaction, never after. Those three
 * may take the write lock anew, with lease and state checked again: a host reads what it decides by after them, not before.
 * Throws StoreError; LeaseLostError when the lease has gone to another holder.
 */
export interface StoreTransaction {
  /** The driver's own transaction, for a host that writes its rows in the same one (kysely on SQL stores, undefined in memory). */
  readonly db: unknown
  /** First call of every write on behalf of a run: throws LeaseLostError unless this token is the newest one. */
  checkLease(lease: Lease): Promise<void>
  readState(integration: string): Promise<SyncState | null>
  writeState(state: SyncState): Promise<void>
  /** Writes observations under `state.open`. Rows found equal write nothing. Each sys_id at most once a call. */
  apply(
    state: SyncState,
    runId: string,
    observations: readonly Observation[],
    options?: ApplyOptions,
  ): Promise<Applied>
  /**
   * Closes these rows of the mirror: a soft delete, since every sealed version keeps them. Ids that are not live are ignored. Changes
   * are `deleted` with the cause given. A record seen again later is an insert, or the sealed row reopened when nothing differs.
   */
  remove(state: SyncState, runId: string, rows: readonly Removal[]): Promise<Applied>
  /**
   * Closes every row of the mirror that this generation has not seen, with the cause `not_seen`. Used once, when a new generation has
   * read everything.
   */
  dropUnseen(state: SyncState, runId: string): Promise<Applied>
  /** Seals `state.open`, makes it the active version, moves the watermark, and returns the state that follows. */
  seal(state: SyncState, seal: Seal): Promise<{ state: SyncState; version: DatasetVersion }>
  /**
   * Appends a version whose content is exactly that of version `number`, drops what the unfinished open version wrote, and writes the
   * state that follows: watermark and delete feed of that version, every other pass due, a new generation when it answers another
   * question. Records that are alike in both write nothing. Counts are against the head before. Throws `store.no_version`.
   *
   * @example rollback(state, 'run-9', 3, facts)  // head 7: version 8, cause `rollback:3`, parent 7
   */
  rollback(
    state: SyncState,
    runId: string,
    number: number,
    seal: RollbackSeal,
  ): Promise<{ state: SyncState; version: DatasetVersion; counts: ChangeCounts }>
  /**
   * Removes the sealed versions numbered below `from`, the intervals that neither a version left nor the mirror holds, and their change
   * rows. What is left verifies as before. Throws `store.bad_retention` when `from` lies beyond the head.
   */
  retain(state: SyncState, from: number): Promise<{ versions: number; rows: number }>
  /**
   * Rewrites records in every version and in the mirror (null leaves one as it is), and seals the hashes of the versions anew, so that
   * each verifies. Counts and change rows stay as they were: they tell what happened. The state is written. Answers how many intervals
   * were rewritten and how many sealed versions hold one. Throws `store.bad_rewrite` when sys_id or sys_updated_on would change.
   */
  erase(
    state: SyncState,
    rewrite: (record: SourceRecord) => SourceRecord | null,
  ): Promise<{ records: number; versions: number; state: SyncState }>
}

export interface RecordQuery {
  limit: number
  /** Newest update first. Continue after this record. */
  after?: { u: UtcStamp; sysId: SysId }
  /** Only records this says yes to; the store reads on until `limit` are found or the mirror ends. */
  matches?: (record: SourceRecord) => boolean
}

export interface RecordPage {
  records: readonly SourceRecord[]
  next: { u: UtcStamp; sysId: SysId } | null
}

/** What a comparison with the instance needs to know of a mirrored record. */
export interface MirrorKey {
  sysId: SysId
  u: UtcStamp
  /** `sys_mod_count`. */
  mod: number
  /** The generation that saw it last. */
  generation: number
}

export interface KeyRange {
  /** Ids greater than this one. */
  after?: SysId
  /** Up to this id, itself included. */
  upTo?: SysId
  limit: number
}

export interface SyncStore {
  /** Runs `fn` in one transaction on the only writer. */
  transaction<T>(fn: (tx: StoreTransaction) => Promise<T>): Promise<T>

  /** A lease for `ttlMs`, or who holds it. `nowMs` is the caller's clock on stores of one host. */
  acquireLease(
    name: string,
    owner: string,
    ttlMs: number,
    nowMs: number,
  ): Promise<Lease | { heldBy: string; expiresAt: number }>
  /** The same lease, longer. Throws LeaseLostError when it is not ours any more. */
  renewLease(lease: Lease, ttlMs: number, nowMs: number): Promise<Lease>
  /** Gives it back; does nothing when it is not ours any more. The token stays used. */
  releaseLease(lease: Lease): Promise<void>
  /** Ends the lease of a holder whose process is known to be dead, so that nobody waits for it to expire. True when it held it. */
  endLease(name: string, owner: string): Promise<boolean>

  readState(integration: string): Promise<SyncState | null>
  /** What `apply` would say, without writing. */
  compare(integration: string, observations: readonly Observation[]): Promise<readonly Verdict[]>

  /** The mirror: what is known now. */
  readRecord(integration: string, sysId: SysId): Promise<SourceRecord | null>
  listRecords(integration: string, query: RecordQuery): Promise<RecordPage>
  countRecords(integration: string): Promise<number>
  /** Keys of the live mirror by sys_id, ascending. */
  listKeys(integration: string, range: KeyRange): Promise<readonly MirrorKey[]>
  /** Those of these ids that are live, in no particular order; any number of ids. */
  readKeys(integration: string, sysIds: readonly SysId[]): Promise<readonly MirrorKey[]>

  /** Sealed versions, newest first. */
  listVersions(
    integration: string,
    options: { limit: number; before?: number },
  ): Promise<readonly DatasetVersion[]>
  readVersion(integration: string, number: number): Promise<DatasetVersion | null>
  /** Records of a sealed version sorted by sys_id, read in pages, so that a long reader holds nobody. Bodies are canonical JSON. */
  versionRecords(
    integration: string,
    number: number,
    options?: { after?: SysId; limit?: number },
  ): AsyncIterable<{ sysId: SysId; body: string }>
  /**
   * What differs from version `from` to version `to`, by sys_id; backwards too. Read in pages. Throws `store.no_version` at the first
   * step when either is not there.
   */
  diff(
    integration: string,
    from: number,
    to: number,
    options?: { after?: SysId; limit?: number },
  ): AsyncIterable<VersionDifference>
  /** Recomputes the hash of a sealed version from its rows. */
  verifyVersion(integration: string, number: number): Promise<{ stored: string; computed: string }>

  close(): Promise<void>
}
