/** The newest stamp a run may reach: asked of the instance, because its clock stamps the rows and ours does not. */
import type { UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourcePage, TableSource } from '../ports/source.ts'
import { split } from './next-slices.ts'
import type { PageSize } from './page-size.ts'
import { readSlice } from './slice-reader.ts'
import type { NewestSight } from './window.ts'

/**
 * Only keys are asked for: the newest record may be too large to be read. One request as a rule. When the newest rows are hidden from this user: the part above the watermark is halved, newer half first, until
 * a visible row or an answer that is complete without one. Throws what the source throws.
 */
export async function readNewest(
  source: TableSource,
  options: { size: PageSize; watermark: UtcStamp | null; signal?: AbortSignal },
): Promise<NewestSight> {
  const { size, watermark, signal } = options
  // Without the filter: a row that leaves it may be the newest of the table, and the window has to reach it.
  const view = source.filtered ? 'unfiltered_keys' : 'keys'
  const ask = (slice: Slice, limit: number): Promise<SourcePage> =>
    source.page({ slice, limit, order: 'newest', view, signal })
  const first = await ask({ from: null, to: null }, 1)
  const sight = { servedAt: first.servedAt, total: first.total, linkSeen: first.link !== 'absent' }
  const stamp = newestOf(first)
  if (stamp !== null || first.total === 0 || first.total === 1) return { ...sight, stamp }
  // Rows up to the watermark cannot raise the edge of the window: it never lies below.
  const parts: Slice[] = [{ from: watermark, to: null }]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const slice = part
    const { linkSeen } = sight
    const { page, rest } = await readSlice(slice, { size, linkSeen, ask: (limit) => ask(slice, limit) })
    const found = newestOf(page)
    if (found !== null) return { ...sight, stamp: found }
    if (rest.length > 0) parts.push(...split(slice))
  }
  return { ...sight, stamp: null }
}

function newestOf(page: SourcePage): UtcStamp | null {
  return page.records[0]?.sys_updated_on ?? null
}
