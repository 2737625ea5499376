/** The options of a client: every fault is told, at its place, before anything is asked. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { basicAuth } from '../../src/http/auth.ts'

const complete: ClientOptions = {
  instanceUrl: 'dev00001',
  auth: basicAuth({ username: 'u', password: 'p' }),
}

const keysOf = (options: object): string[] => {
  try {
    createClient({ ...complete, ...options })
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ key }) => key)
  }
}

test.each<[string, object, string[]]>([
  ['nothing wrong', {}, []],
  [
    'allowed origins, with and without a slash',
    { allowedOrigins: ['http://127.0.0.1:4412', 'https://help.example.com/'] },
    [],
  ],
  [
    'entries that are no origin',
    { allowedOrigins: ['https://ok.example', 'my.host', 'my.host:443', '', 'data:x', 7] },
    ['allowedOrigins[1]', 'allowedOrigins[2]', 'allowedOrigins[3]', 'allowedOrigins[4]', 'allowedOrigins[5]'],
  ],
  ['origins that are no list', { allowedOrigins: 'https://ok.example' }, ['allowedOrigins']],
  ['a fetch that is none', { fetch: 'x' }, ['fetch']],
  ['a user agent of two lines', { userAgent: 'a\nb' }, ['userAgent']],
  ['a user agent beyond Latin-1', { userAgent: 'a…' }, ['userAgent']],
  [
    'numbers',
    { timeoutMs: 0, maxRetries: -1, concurrency: 1.5, maxBodyBytes: Number.NaN },
    ['timeoutMs', 'maxRetries', 'concurrency', 'maxBodyBytes'],
  ],
  ['several at once', { instanceUrl: '', fetch: 1, validate: 'x' }, ['fetch', 'validate', 'instanceUrl']],
])('%s', (_, options, keys) => {
  expect(keysOf(options).sort()).toEqual([...keys].sort())
})

test('in a worker of a page it refuses too, and in the main thread of a server it does not', () => {
  vi.stubGlobal('WorkerGlobalScope', class {})
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
  // Servers at the edge have the scope and cannot import scripts.
  expect(keysOf({})).toEqual([])
  vi.stubGlobal('importScripts', () => {})
  expect(keysOf({})).toEqual(['dangerouslyAllowBrowser'])
  expect(keysOf({ dangerouslyAllowBrowser: true })).toEqual([])
})
