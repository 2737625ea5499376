/** Names what is wrong with a request that cannot be built: nothing of it was sent; loaded with the first. */
import { ConfigError, QueryError } from '../base/errors.ts'
import type { HeaderMap } from './auth.ts'
import { brokenHeader, joinHeaders } from './headers.ts'

/** What a request is built from. */
interface Parts {
  method: string
  headers: HeaderMap
  credentials?: HeaderMap
  body?: unknown
}

const carried = 'The name of a header is one word, its value one line of Latin-1 characters.'

/** The error of an auth that gives something else than headers. */
export function noCredentials(): ConfigError {
  const hint = 'Give an object of names and texts, for example { authorization: "Bearer ..." }.'
  return new ConfigError([{ key: 'auth', message: 'gives no headers', hint }])
}

/** The error of a header an auth gave. Names the header, never its value. */
function brokenCredentials(name: string): ConfigError {
  return new ConfigError([
    { key: 'auth', message: `gives ${shown(name)} that cannot be sent`, hint: carried },
  ])
}

/** The error of a header the caller gave. */
export function brokenHeaderError(name: string): QueryError {
  return new QueryError(`The call has ${shown(name)} that cannot be sent.`, { hint: carried })
}

/** The error of an attempt that cannot be made; without a cause, which might quote a value. */
export function unsendable({ method, headers, credentials = {}, body }: Parts): QueryError | ConfigError {
  const proofs = joinHeaders(credentials)
  const given = brokenHeader(proofs)
  if (given !== undefined && headers[given] === proofs[given]) return brokenCredentials(given)
  const name = brokenHeader(headers)
  if (name !== undefined) return brokenHeaderError(name)
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method) || /^(connect|trace|track)$/i.test(method)) {
    return new QueryError('The call has a method that cannot be sent.', {
      hint: 'Use GET, HEAD, POST, PUT, PATCH or DELETE.',
      details: { method: method.slice(0, 20) },
    })
  }
  if (body !== undefined && /^(get|head)$/i.test(method)) {
    return new QueryError(`A ${method} carries no body.`, {
      hint: 'Give its parameters as query, or use another method.',
      details: { method },
    })
  }
  return new QueryError('The request cannot be built from its body.', {
    hint: 'A body is text, bytes, a Blob, or a stream that nobody has read.',
    details: { method },
  })
}

/** A name that is none may be a secret in the wrong place. */
function shown(name: string): string {
  return /^[\w-]{1,60}$/.test(name) ? `a header ${name}` : 'a header whose name is no word'
}
