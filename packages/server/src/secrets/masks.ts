/** Which members of a configuration are secrets, how one is shown, and what counts as a mask that came back. Pure. */

export const MASK = '********'

const known = new Set(['password', 'api_token', 'client_secret', 'access_token', 'refresh_token', 'api_key'])
const plain = new Set(['token_url', 'client_id', 'url', 'email', 'username'])
const looksSecret = /pass|secret|token|key/i

/**
 * True when a member is sealed and masked: by its name, or because a secret-looking name stands anywhere inside its value.
 *
 * @example isSecretMember('webhook_key', 'x')  // true
 * @example isSecretMember('token_url', 'https://...')  // false
 */
export function isSecretMember(name: string, value: unknown): boolean {
  if (known.has(name)) return true
  if (plain.has(name)) return false
  return looksSecret.test(name) || holdsSecret(value)
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(holdsSecret)
  return Object.entries(value).some(([name, inner]) => looksSecret.test(name) || holdsSecret(inner))
}

/**
 * True for a text made of a mask's characters or containing a mask, but for the exact mask itself.
 *
 * @example isStrayMask('********x')  // true
 * @example isStrayMask('pa**word')  // false
 */
export function isStrayMask(text: string): boolean {
  if (text === MASK) return false
  return text.includes(MASK) || /[•●∙]{3}/.test(text) || /^[\s*•●∙]*[*•●∙][\s*•●∙]*$/.test(text)
}
