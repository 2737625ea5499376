/** Versions as a person reads them: where one came from, and which two are worth comparing. Pure. */
import type { DatasetVersionView } from '@snowline/protocol'

export type Cause = { kind: 'sync' } | { kind: 'rollback'; to: number } | { kind: 'other'; text: string }

/** Example: `toCause('rollback:3')` is `{ kind: 'rollback', to: 3 }`. */
export function toCause(cause: string): Cause {
  if (cause === 'sync') return { kind: 'sync' }
  const [, number] = /^rollback:(\d{1,9})$/.exec(cause) ?? []
  return number === undefined ? { kind: 'other', text: cause } : { kind: 'rollback', to: Number(number) }
}

/** A person is asked about the two newest first: what has the last sync changed. Null with fewer than two. */
export function usualPair(versions: readonly DatasetVersionView[]): { from: number; to: number } | null {
  const [newest, before] = versions
  return newest === undefined || before === undefined ? null : { from: before.number, to: newest.number }
}

/** Versions are never changed, only `status` is: a page read again replaces what it names. */
export function mergeVersions(
  before: readonly DatasetVersionView[],
  added: readonly DatasetVersionView[],
): readonly DatasetVersionView[] {
  const merged = new Map([...before, ...added].map((version) => [version.number, version]))
  return [...merged.values()].sort((a, b) => b.number - a.number)
}

/** The highest number there is: a rollback makes the next one. */
export function nextNumber(versions: readonly DatasetVersionView[]): number {
  return Math.max(0, ...versions.map(({ number }) => number)) + 1
}
