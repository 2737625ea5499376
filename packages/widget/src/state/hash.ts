/** One named part of the page's hash, so that a host keeps the rest of it for itself. Pure. */

/** Example: `readHash('#tab=2&sn=q%3Dvpn', 'sn')` is `q=vpn`; a part that is not there is the empty text. */
export function readHash(hash: string, key: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get(key) ?? ''
}

/** The hash with one part replaced; an empty part is taken out, an empty hash is the empty text. */
export function writeHash(hash: string, key: string, part: string): string {
  const parts = new URLSearchParams(hash.replace(/^#/, ''))
  if (part === '') parts.delete(key)
  else parts.set(key, part)
  const text = parts.toString()
  return text === '' ? '' : `#${text}`
}
