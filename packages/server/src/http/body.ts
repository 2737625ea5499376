/** Reads the body of a request: at most 1 MiB, JSON only, and nothing in it that could harm what reads it later. */
import { assertBodySize, type H3Event, HTTPError } from 'h3'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'

export const BODY_LIMIT_BYTES = 1024 * 1024
/** Deeper than any configuration, shallower than any stack. */
const MAX_DEPTH = 64

/**
 * The parsed body; undefined when it is empty, whatever its content type says.
 *
 * @throws ProblemError `body_too_large`, `unsupported_media_type`, `bad_json` or `validation_failed`
 */
export async function readJsonBody(event: H3Event): Promise<unknown> {
  const text = await readText(event)
  if (text === '') return undefined
  const type = event.req.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/[a-z0-9.-]+\+json$/.test(type)) {
    throw new ProblemError('unsupported_media_type', 'The body must be application/json.')
  }
  const value = parse(text)
  checkJson(value)
  return value
}

async function readText(event: H3Event): Promise<string> {
  try {
    assertBodySize(event, BODY_LIMIT_BYTES)
    return await event.req.text()
  } catch (error) {
    if (HTTPError.isError(error) && error.status === 413) {
      throw new ProblemError('body_too_large', 'The body is over 1 MiB.')
    }
    if (HTTPError.isError(error) && error.status === 400) {
      throw new ProblemError('bad_json', 'The length of the body is stated twice.')
    }
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ProblemError('bad_json', 'The body is not valid JSON.')
  }
}

/**
 * Refuses names that reach into prototypes, numbers JSON cannot hold, NUL and broken surrogates, and nesting without end.
 * Of two equal keys the last one counts, as JSON.parse has it. A loop and not a recursion: depth must not reach our stack.
 */
export function checkJson(root: unknown): void {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { value, path, depth } = at
    if (depth > MAX_DEPTH) throw validationFailed([{ path: '', message: 'is nested too deeply' }])
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw validationFailed([{ path, message: 'is no number JSON can hold' }])
    }
    if (typeof value === 'string') checkText(value, path)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
        throw validationFailed([{ path, message: `must not hold the member ${key}` }])
      }
      checkText(key, path)
      open.push({ value: inner, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 })
    }
  }
}

function checkText(text: string, path: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw validationFailed([{ path: path.slice(0, 200), message: 'holds a character no text has' }])
  }
}
