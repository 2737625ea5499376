/** API keys (plugin com.glide.tokenbased_auth): a key opens only the APIs that an access policy names (servicenow.md 5). */
import type { ApiName } from './call.ts'

/** One key with its inbound authentication profile and API access policies in one. */
export interface ApiKey {
  readonly key: string
  /** Who calls with it. */
  readonly user: string
  /** The APIs whose access policy takes the key; a real instance has no policy for all at once. */
  readonly apis: readonly ApiName[]
  /** Where the profile looks for the key; default in both. */
  readonly from?: 'header' | 'query'
}

/** The name of the header and of the query parameter. */
export const API_KEY_NAME = 'x-sn-apikey'

/** The keys of an instance. */
export interface ApiKeys {
  /** Adds a key, or replaces the one of that text. Throws `TypeError` for a key without a policy. */
  add(key: ApiKey): void
  remove(key: string): void
  /** The user name behind what a request shows; `undefined` for an unknown key or an API without a policy for it. */
  user(api: ApiName | undefined, headers: Headers, url: URL): string | undefined
}

/** Whether a request shows a key at all, right or wrong. */
export function showsKey(headers: Headers, url: URL): boolean {
  return headers.has(API_KEY_NAME) || url.searchParams.has(API_KEY_NAME)
}

/** Creates the keys of an instance. */
export function createApiKeys(keys: readonly ApiKey[]): ApiKeys {
  const held = new Map<string, ApiKey>()
  const add = (key: ApiKey): void => {
    if (!Array.isArray(key.apis) || key.apis.length === 0)
      throw new TypeError('An API key needs "apis": the APIs whose access policy takes it')
    held.set(key.key, key)
  }
  for (const key of keys) add(key)
  return {
    add,
    remove: (key) => void held.delete(key),
    user(api, headers, url) {
      const shown = { header: headers.get(API_KEY_NAME), query: url.searchParams.get(API_KEY_NAME) }
      for (const from of ['header', 'query'] as const) {
        const key = held.get(shown[from] ?? '')
        if (!key || (key.from !== undefined && key.from !== from)) continue
        if (api !== undefined && key.apis.includes(api)) return key.user
      }
      return undefined
    },
  }
}
