/**
 * Delete passes that take away what is still there, kept as doubles over the same world: each pulls without loss and errs in its pass
 * for deletes alone. The checker must catch every one of them.
 */
import { addSeconds, type SysId, type UtcStamp } from '../../src/base/values.ts'
import type { SourceRecord } from '../../src/model/source-record.ts'
import { KeysetWithOverlap, type Pull } from './losing-pulls.ts'
import type { World } from './world.ts'

const LIMIT = 20
const OVERLAP_SECONDS = 60

export abstract class LosingDeletes implements Pull {
  readonly mirror: Map<SysId, SourceRecord>
  protected readonly world: World
  private readonly pull: KeysetWithOverlap

  constructor(world: World) {
    this.world = world
    this.pull = new KeysetWithOverlap(world)
    this.mirror = this.pull.mirror
  }

  async run(): Promise<void> {
    await this.pull.run()
    await this.takeAway()
  }

  async records(): Promise<readonly SourceRecord[]> {
    return [...this.mirror.values()]
  }

  protected abstract takeAway(): Promise<void>

  /** Sixteen parts by the first digit of the id, each read to its end. */
  protected async scan(onFailure: (error: unknown) => void): Promise<Set<SysId>> {
    const seen = new Set<SysId>()
    for (const prefix of '0123456789abcdef') {
      let after: SysId | undefined
      for (;;) {
        const slice = { from: null, to: null, prefix, ...(after === undefined ? {} : { after }) }
        try {
          const { records, total } = await this.world.page({
            slice,
            limit: LIMIT,
            order: 'by_id',
            view: 'keys',
          })
          for (const record of records) seen.add(record.sys_id)
          after = records.at(-1)?.sys_id
          if ((total ?? 0) <= LIMIT || after === undefined) break
        } catch (error) {
          onFailure(error)
          break
        }
      }
    }
    return seen
  }

  protected async present(sysIds: readonly SysId[]): Promise<Set<SysId>> {
    const present = new Set<SysId>()
    for (let at = 0; at < sysIds.length; at += 100) {
      const { records } = await this.world.byIds(sysIds.slice(at, at + 100))
      for (const record of records) {
        present.add(record.sys_id)
        this.mirror.set(record.sys_id, record)
      }
    }
    return present
  }
}

const fail = (error: unknown) => {
  throw error
}

/** A page that fails is taken for an empty one: what lay on it is gone. */
export class DeletesOnFailedPage extends LosingDeletes {
  protected async takeAway(): Promise<void> {
    const seen = await this.scan(() => undefined)
    for (const sysId of this.mirror.keys()) if (!seen.has(sysId)) this.mirror.delete(sysId)
  }
}

/** What the feed names is gone, whether or not it was brought back since. Its reconcile is honest. */
export class TrustsTheFeed extends LosingDeletes {
  private deletedTo: UtcStamp | null = null

  protected async takeAway(): Promise<void> {
    const seen = await this.scan(fail)
    for (const sysId of this.mirror.keys()) if (!seen.has(sysId)) this.mirror.delete(sysId)
    await this.present([...seen].filter((sysId) => !this.mirror.has(sysId)))
    const from = this.deletedTo === null ? null : addSeconds(this.deletedTo, -OVERLAP_SECONDS)
    const page = await this.world.deletes?.({ slice: { from, to: null }, limit: 1_000 })
    for (const { documentkey } of page?.records ?? []) this.mirror.delete(documentkey as SysId)
    this.deletedTo = page?.records.at(-1)?.sys_updated_on ?? this.deletedTo
  }
}

/** Scans to the end and asks again, and believes whatever comes: one wrong access rule empties the mirror. */
export class NoGuard extends LosingDeletes {
  protected async takeAway(): Promise<void> {
    const seen = await this.scan(fail)
    const candidates = [...this.mirror.keys()].filter((sysId) => !seen.has(sysId))
    const present = await this.present(candidates)
    for (const sysId of candidates) if (!present.has(sysId)) this.mirror.delete(sysId)
    await this.present([...seen].filter((sysId) => !this.mirror.has(sysId)))
  }
}
