/** The newest stamp a run may reach: asked of the instance, because its clock stamps the rows and ours does not. */
import type { UtcStamp } from '../base/values.ts'
import type { SourcePage, TableSource } from '../ports/source.ts'
import type { NewestSight } from './window.ts'

const EVERYTHING = { from: null, to: null } as const
const HEX = [...'0123456789abcdef']

/**
 * One request as a rule. When the newest row is hidden from this user: one page of the newest thousand, then one of each sys_id prefix.
 * Throws what the source throws.
 */
export async function readNewest(
  source: TableSource,
  options: { pageLimit: number; signal?: AbortSignal },
): Promise<NewestSight> {
  const { pageLimit, signal } = options
  const ask = (limit: number, prefix?: string): Promise<SourcePage> =>
    source.page({ slice: { ...EVERYTHING, prefix }, limit, order: 'newest', signal })
  const first = await ask(1)
  const sight = { servedAt: first.servedAt, total: first.total, linkSeen: first.link !== 'absent' }
  const stamp = newestOf(first)
  if (stamp !== null || first.total === 0 || first.total === 1) return { ...sight, stamp }
  const wide = newestOf(await ask(pageLimit))
  if (wide !== null) return { ...sight, stamp: wide }
  let newest: UtcStamp | null = null
  for (const digit of HEX) {
    const found = newestOf(await ask(pageLimit, digit))
    if (found !== null && (newest === null || found > newest)) newest = found
  }
  return { ...sight, stamp: newest }
}

function newestOf(page: SourcePage): UtcStamp | null {
  return page.records[0]?.sys_updated_on ?? null
}
