/** An answer before it becomes HTTP: status, headers, body, and how it may go wrong on its way. */

import type { Lent } from './byte-sink.ts'

/** One answer of the instance. `cut` says after how many bytes of the body the connection breaks. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text, or the bytes of a text that is too long to be built twice. */
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly cut?: number
  /** A body too large to lie in one piece; `body` is empty then. */
  readonly pieces?: Pieces
  /** Gives the buffer of the body back once it is sent. */
  readonly release?: () => void
}

/** A body in pieces, each made when it is sent. */
export interface Pieces {
  /** Bytes in all. */
  readonly size: number
  /** The piece at a place from 0, or `undefined` behind the last one. */
  piece(at: number): Uint8Array<ArrayBuffer> | undefined
}

/** Content type of every JSON answer, to the letter of the captures. */
export const JSON_TYPE = 'application/json;charset=UTF-8'

/** The body as bytes, pieces put together. */
export function bytesOf({ body, pieces }: Answer): Uint8Array<ArrayBuffer> {
  if (!pieces) return typeof body === 'string' ? new TextEncoder().encode(body) : body
  const whole = new Uint8Array(pieces.size)
  let end = 0
  for (let at = 0, piece = pieces.piece(0); piece; piece = pieces.piece(++at)) {
    whole.set(piece, end)
    end += piece.length
  }
  return whole
}

/** The body as text. */
export function textOf(answer: Answer): string {
  return typeof answer.body === 'string' && !answer.pieces
    ? answer.body
    : new TextDecoder().decode(bytesOf(answer))
}

/** How long the body is, as far as it is known without making it: bytes, or characters of a text. */
export function lengthOf({ body, pieces }: Answer): number {
  return pieces ? pieces.size : body.length
}

/** The same answer without its body. */
export function withoutBody({ status, headers }: Answer): Answer {
  return { status, headers, body: '' }
}

/** The same answer to HEAD: its status and headers. */
export function bodiless(answer: Answer): Answer {
  answer.release?.()
  return withoutBody(answer)
}

/** A JSON answer. */
export function json(
  status: number,
  body: Answer['body'],
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body }
}

/** A JSON answer whose body lies in a lent buffer. */
export function lentJson(status: number, lent: Lent, headers: Readonly<Record<string, string>>): Answer {
  return { ...json(status, lent.bytes, headers), release: lent.release }
}

/** An HTML page, as instances show when something other than the API answers. */
export function html(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/html;charset=UTF-8', ...headers }, body }
}

/** The error body of the REST API; `detail` may be null. */
export function failure(
  status: number,
  message: string,
  detail: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return json(status, JSON.stringify({ error: { message, detail }, status: 'failure' }), headers)
}

/** Answers whose exact words are known from captures and client code (servicenow.md section 1.5). */
export const failures = {
  notAuthenticated: (): Answer =>
    failure(401, 'User Not Authenticated', 'Required to provide Auth information', {
      'WWW-Authenticate': 'Basic realm="Service-now"',
    }),
  /** MFA is demanded of this user and the one-time code does not follow the password (servicenow.md 5). */
  missingCode: (): Answer =>
    failure(401, 'User Not Authenticated', 'Required to provide Auth information', {
      'WWW-Authenticate': 'Basic realm="Service-now"',
      'X-MFA_TOKEN': 'invalid',
    }),
  unknownTable: (name: string): Answer => failure(400, `Invalid table ${name}`),
  unknownRecord: (): Answer =>
    failure(404, 'No Record found', "Record doesn't exist or ACL restricts the record retrieval"),
  unknownPath: (): Answer => failure(400, 'Requested URI does not represent any resource'),
  badLimit: (): Answer =>
    failure(400, 'Invalid value given for sysparm_limit', 'sysparm_limit value must be a positive integer'),
  /** A table without the right to be reached by REST (KB2466644). */
  closedTable: (): Answer => failure(403, 'User Not Authorized', 'Failed API level ACL Validation'),
  closedQuery: (table: string): Answer =>
    failure(
      403,
      `Operation against file '${table}' was denied due to table security.`,
      'Field(s) present in the query do not have permission to be read.',
    ),
  denied: (what: 'Insert' | 'Update' | 'Delete'): Answer =>
    failure(403, 'Operation Failed', `ACL Exception ${what} Failed due to security constraints`),
  operationFailed: (detail: string): Answer => failure(403, 'Operation Failed', detail),
  tooLarge: (bytes: number, most: number): Answer =>
    failure(
      400,
      'Exception while reading request',
      `Rejected large REST payload with content-length = ${bytes} bytes. Max allowed: ${most} bytes.`,
    ),
  unreadableBody: (): Answer =>
    failure(400, 'Exception while reading request', 'The payload is not valid JSON.'),
  /** Something here that should never have thrown: the words are our own, and name what happened. */
  internal: (error: unknown): Answer =>
    failure(
      500,
      'Internal Server Error',
      error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    ),
  methodNotAllowed: (): Answer => failure(405, 'Method not supported'),
  notAcceptable: (): Answer => failure(406, 'Requested media type is not supported'),
  unsupportedType: (): Answer => failure(415, 'Unsupported media type in Content-Type header'),
} as const
