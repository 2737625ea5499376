/** JSON answers, with the entity tag of what they say. */
import { createHash } from 'node:crypto'

/** An `application/json` answer. */
export function json(
  body: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new Response(JSON.stringify(body), {
    status: init.status ?? 200,
    headers: { 'content-type': 'application/json; charset=utf-8', ...init.headers },
  })
}

/** A strong entity tag of the JSON of a value. Example: `etagOf({})` is a quoted text of 27 characters. */
export function etagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 27)}"`
}

/** An answer with its `ETag`, or 304 when the caller has it already. */
export function taggedJson(request: Request, body: unknown, tagged: unknown = body): Response {
  const etag = etagOf(tagged)
  const known = request.headers.get('if-none-match')
  if (known !== null && listsTag(known, etag)) return new Response(null, { status: 304, headers: { etag } })
  return json(body, { headers: { etag } })
}

/** True when a list of `If-Match` or `If-None-Match` holds this tag. */
export function listsTag(header: string, etag: string): boolean {
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag)
}
