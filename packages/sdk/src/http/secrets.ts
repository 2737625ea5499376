/** Which texts must never show in an error or to a hook, and how they are struck out; loaded with the first of either. */
import type { Auth, HeaderMap } from './auth.ts'

/** Where the secrets of an attempt are. */
export interface Secrets {
  auth: Pick<Auth, 'secrets'>
  /** The headers the auth gave. */
  credentials: HeaderMap
  /** The headers that were sent, a caller's own credentials among them. */
  headers: HeaderMap
}

/** Every text that must be struck out: what the auth names, and what the headers carry. */
export function secretsOf({ auth, credentials, headers }: Secrets): string[] {
  const values = [secretHeaders(headers, credentials), credentials].flatMap(Object.values<string>).map(String)
  const carried = values.flatMap((value) => [value, value.replace(/^\S+\s+/, '')])
  return [...(auth.secrets?.() ?? []), ...carried].filter((text) => text.length >= 4)
}

/** The text with each secret replaced by `[redacted]`, longest first so that no part of one remains. */
export function redact(text: string, secrets: readonly string[]): string {
  const ordered = [...secrets].sort((a, b) => b.length - a.length)
  return ordered.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text)
}

/** True for a header that proves who is asking: one of the `credentials`, or by its name one a caller may bring. */
export function isSecret(name: string, credentials: HeaderMap): boolean {
  return (
    /^cookie$|authorization|token|secret|passw|api-?key|signature|credential/i.test(name) ||
    Object.keys(credentials).some((each) => each.toLowerCase() === name.toLowerCase())
  )
}

/** The headers that prove who is asking. */
export function secretHeaders(headers: HeaderMap, credentials: HeaderMap): HeaderMap {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isSecret(name, credentials)))
}
