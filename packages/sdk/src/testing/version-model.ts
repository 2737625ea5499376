/** What a store must hold, kept as plainly as can be: one map a version, and one for the mirror. The judge of random histories. */
import type { SysId } from '../base/values.ts'
import type { Observation } from '../model/observation.ts'

/** One row as the versions that hold it share it. */
export interface ModelRow {
  seen: Observation
  generation: number
}

export type Content = ReadonlyMap<SysId, ModelRow>

export interface ModelVersion {
  number: number
  content: Content
}

/** The plain model. Sights given to it must be asked for one after the other, never at once. */
export class VersionModel {
  readonly versions: ModelVersion[] = []
  mirror = new Map<SysId, ModelRow>()
  open = 1
  generation = 1

  /** Content of the active version. */
  get head(): Content {
    return this.versions.at(-1)?.content ?? new Map()
  }

  apply(sights: readonly Observation[], force: boolean): string[] {
    return sights.flatMap((seen) => this.see(seen, force))
  }

  remove(ids: readonly SysId[]): string[] {
    return ids.filter((sysId) => this.mirror.delete(sysId)).map((sysId) => `deleted ${sysId}`)
  }

  dropUnseen(): string[] {
    const unseen = [...this.mirror].filter(([, row]) => row.generation < this.generation)
    return this.remove(unseen.map(([sysId]) => sysId)).sort()
  }

  seal(): void {
    this.versions.push({ number: this.open, content: new Map(this.mirror) })
    this.open += 1
  }

  /** The number of the version it made. */
  rollback(number: number): number {
    const target = this.content(number)
    if (differences(this.head, this.mirror).length > 0) this.open += 1
    const { head } = this
    this.mirror = new Map(
      [...target].map(([sysId, row]) => {
        const now = head.get(sysId)
        return [sysId, now?.seen.hash === row.seen.hash ? now : { ...row }]
      }),
    )
    this.seal()
    return this.open - 1
  }

  /** How many rows nobody holds any more. */
  retain(from: number): number {
    const before = this.rows().size
    this.versions.splice(
      0,
      this.versions.findIndex((version) => version.number >= from),
    )
    return before - this.rows().size
  }

  /** How many rows were rewritten, and in how many versions. */
  erase(rewrite: (seen: Observation) => Observation | null): { records: number; versions: number } {
    const touched = new Set<ModelRow>()
    for (const row of this.rows()) {
      const seen = rewrite(row.seen)
      if (seen === null) continue
      row.seen = seen
      touched.add(row)
    }
    for (const [sysId, row] of this.mirror) this.mirror.set(sysId, this.shared(sysId, row))
    const holds = ({ content }: ModelVersion) => [...content.values()].some((row) => touched.has(row))
    return { records: touched.size, versions: this.versions.filter(holds).length }
  }

  content(number: number): Content {
    return this.versions.find((version) => version.number === number)?.content ?? new Map()
  }

  private see(seen: Observation, force: boolean): string[] {
    const live = this.mirror.get(seen.sysId)
    const firstSight = live !== undefined && live.generation < this.generation
    if (live !== undefined && live.seen.hash === seen.hash) {
      if (firstSight) live.generation = this.generation
      return []
    }
    if (live !== undefined && !firstSight && !force && seen.u < live.seen.u) return []
    this.mirror.set(seen.sysId, this.shared(seen.sysId, { seen, generation: this.generation }))
    return [`${live === undefined ? 'added' : 'updated'} ${seen.sysId}`]
  }

  /** The row of the active version when it says the same, with the later sight; else the row given. */
  private shared(sysId: SysId, row: ModelRow): ModelRow {
    const sealed = this.head.get(sysId)
    if (sealed === undefined || sealed.seen.hash !== row.seen.hash) return row
    return Object.assign(sealed, row)
  }

  private rows(): Set<ModelRow> {
    const all = [...this.versions.map((version) => version.content), this.mirror]
    return new Set(all.flatMap((content) => [...content.values()]))
  }
}

/** What differs, as `kind id`, by id. */
export function differences(from: Content, to: Content): string[] {
  return [...new Set([...from.keys(), ...to.keys()])].sort().flatMap((sysId) => {
    const [before, after] = [from.get(sysId)?.seen.hash, to.get(sysId)?.seen.hash]
    if (before === after) return []
    return [`${before === undefined ? 'added' : after === undefined ? 'deleted' : 'updated'} ${sysId}`]
  })
}
