/** Addresses from an answer become links only when they are harmless; everything else stays text. */

/**
 * The address to put into `href`, or null when it must not be a link: only https, or exactly the origin of the instance
 * (a simulator on loopback speaks http), never with a user name inside. Relative addresses are refused.
 * Example: `toSafeLink('javascript:alert(1)', null)` is null.
 */
export function toSafeLink(address: string | null, instance: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null
  const url = new URL(address)
  if (url.username !== '' || url.password !== '') return null
  if (url.protocol === 'https:') return url.href
  return url.protocol === 'http:' && url.origin === originOf(instance) ? url.href : null
}

/** The front door of an instance as a link, or null. An instance given without a scheme is taken as https. */
export function toInstanceLink(instance: string | null): string | null {
  if (instance === null) return null
  const address = instance.includes('://') ? instance : `https://${instance}`
  const link = toSafeLink(address, instance)
  return link === null ? null : `${new URL(link).origin}/`
}

function originOf(instance: string | null): string | null {
  return instance !== null && URL.canParse(instance) ? new URL(instance).origin : null
}
