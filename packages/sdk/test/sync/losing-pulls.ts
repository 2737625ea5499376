/**
 * Pulls that lose data, kept as doubles: what many integrations do, each over the same world as the real one. The checker must catch
 * every one of them where it loses (test/sync/losing-pulls.test.ts).
 */
import { addSeconds, type SysId, stampFromMs, type UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import type { World } from './world.ts'

/** One run after the other over a mirror. A run throws what the world throws, and the next one goes on from what is stored. */
export interface Pull {
  run(): Promise<void>
  /** What is mirrored. */
  records(): Promise<readonly SourceRecord[]>
}

const LIMIT = 5
const OVERLAP_SECONDS = 60

abstract class LosingPull implements Pull {
  readonly mirror = new Map<SysId, SourceRecord>()
  protected readonly world: World

  constructor(world: World) {
    this.world = world
  }

  abstract run(): Promise<void>

  async records(): Promise<readonly SourceRecord[]> {
    return [...this.mirror.values()]
  }

  protected take(records: readonly SourceRecord[]): void {
    for (const record of records) this.mirror.set(record.sys_id, record)
  }

  /** Pages by offset until a short one, which is how most scripts tell that they are done. */
  protected async readByOffset(where: (record: SourceRecord) => boolean): Promise<void> {
    for (let offset = 0; ; offset += LIMIT) {
      const { records } = await this.world.offsetPage(where, { offset, limit: LIMIT })
      this.take(records)
      if (records.length < LIMIT) return
    }
  }

  protected newest(): UtcStamp | null {
    return [...this.mirror.values()].reduce<UtcStamp | null>(
      (newest, { sys_updated_on: u }) => (newest === null || u > newest ? u : newest),
      null,
    )
  }
}

/** `sys_updated_on >= last_synced` by offset, then `last_synced = now` of our own clock. */
export class SinceLastSynced extends LosingPull {
  private lastSynced: UtcStamp | null = null

  async run(): Promise<void> {
    const since = this.lastSynced
    await this.readByOffset(({ sys_updated_on: u }) => since === null || u >= since)
    this.lastSynced = stampFromMs(this.world.clock.now())
  }
}

/** `sys_updated_on > max(u)` by offset: no clock of ours, and everything that shares the newest second is cut off. */
export class AfterNewest extends LosingPull {
  private since: UtcStamp | null = null

  async run(): Promise<void> {
    const since = this.since
    await this.readByOffset(({ sys_updated_on: u }) => since === null || u > since)
    this.since = this.newest()
  }
}

/** The second of the last row is the checkpoint after each page: rows of that second on the next page are never asked for. */
export class CheckpointPerPage extends LosingPull {
  private since: UtcStamp | null = null

  async run(): Promise<void> {
    for (;;) {
      const since = this.since
      const where = ({ sys_updated_on: u }: SourceRecord) => since === null || u > since
      const { records } = await this.world.offsetPage(where, { offset: 0, limit: LIMIT })
      this.take(records)
      this.since = records.at(-1)?.sys_updated_on ?? since
      if (records.length < LIMIT) return
    }
  }
}

/** Keyset by (second, sys_id), which no tie breaks; what is committed late behind the key is never seen, nor what lies behind a short page. */
export class Keyset extends LosingPull {
  private key: { u: UtcStamp; id: string } | null = null
  private readonly overlapSeconds: number

  constructor(world: World, overlapSeconds = 0) {
    super(world)
    this.overlapSeconds = overlapSeconds
  }

  async run(): Promise<void> {
    let key = this.key
    if (key !== null && this.overlapSeconds > 0) key = { u: addSeconds(key.u, -this.overlapSeconds), id: '' }
    for (;;) {
      const from = key
      const where = ({ sys_updated_on: u, sys_id: id }: SourceRecord) =>
        from === null || u > from.u || (u === from.u && id > from.id)
      const { records } = await this.world.offsetPage(where, { offset: 0, limit: LIMIT })
      this.take(records)
      const last = records.at(-1)
      if (last !== undefined) key = { u: last.sys_updated_on, id: last.sys_id }
      if (records.length < LIMIT) break
    }
    this.key = key
  }
}

/** The best of the known ones: keyset and an overlap. A page that access rules made short still ends it. */
export class KeysetWithOverlap extends Keyset {
  constructor(world: World) {
    super(world, OVERLAP_SECONDS)
  }
}
