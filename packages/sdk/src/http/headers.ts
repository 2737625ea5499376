/** Header maps: joined whatever the case of their names, and looked through for what cannot travel. */
import type { HeaderMap } from './auth.ts'

/** One map with names in lower case; of two headers with the same name the later one holds, and one without a value is none. */
export function joinHeaders(...maps: readonly (HeaderMap | undefined)[]): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of maps.flatMap((map) => Object.entries(map ?? {})))
    if (value !== undefined) joined[name.toLowerCase()] = value
  return joined
}

/** The name of a header that HTTP cannot carry, `undefined` when all can travel. */
export function brokenHeader(headers: HeaderMap): string | undefined {
  return Object.keys(headers).find(
    (name) =>
      !/^[\w!#$%&'*+.^`|~-]+$/.test(name) ||
      typeof headers[name] !== 'string' ||
      /[^\t\x20-\x7e\x80-\xff]/.test(headers[name].trim()),
  )
}
