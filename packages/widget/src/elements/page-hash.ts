/** The page's hash as a place for one part of ours: read, replace without a new history entry, follow. */
import { readHash, writeHash } from '../state/hash.ts'

/** Gives what stands under the key; the empty text without a key. */
export function hashPart(key: string): string {
  return key === '' ? '' : readHash(location.hash, key)
}

/** Replaces our part only. Nothing happens without a key, so a page that routes by its hash is left alone. */
export function replaceHashPart(key: string, part: string): void {
  if (key === '') return
  const hash = writeHash(location.hash, key, part)
  if (hash === location.hash) return
  history.replaceState(history.state, '', hash === '' ? location.pathname + location.search : hash)
}
