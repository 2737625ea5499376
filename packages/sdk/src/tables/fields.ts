/** How each kind of field travels: what a caller may give, what is sent, and what a raw value means. */
import { QueryError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp, stampFromMs, stampToMs } from '../base/values.ts'

/** `journal` is write-only: each write appends, and a raw read is empty. */
export type FieldKind =
  | 'text'
  | 'choice'
  | 'boolean'
  | 'integer'
  | 'datetime'
  | 'date'
  | 'duration'
  | 'reference'
  | 'journal'
  | 'id'

/** What a caller may give for a field. `null` clears it. */
export type FieldInput = string | number | boolean | Date | null

/** Turns a caller's value into the wire's text and the wire's text into the value it means. */
export interface FieldCodec<T> {
  encode(value: FieldInput): string
  decode(raw: string): T | null
}

const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/
const isoWithoutZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/

function plain(value: FieldInput): string {
  if (value === null) return ''
  return value instanceof Date ? toStamp(value) : String(value)
}

const text: FieldCodec<string> = { encode: plain, decode: (raw) => (raw === '' ? null : raw) }

const datetime: FieldCodec<UtcStamp> = {
  encode: (value) => (typeof value === 'string' ? toUtcText(value) : plain(value)),
  decode: (raw) => (isUtcStamp(raw) ? raw : null),
}

const integer: FieldCodec<number> = {
  encode: plain,
  decode: (raw) => (/^-?\d+$/.test(raw) ? Number(raw) : null),
}

const boolean: FieldCodec<boolean> = {
  encode: plain,
  decode: (raw) => (raw === '' ? null : raw === 'true' || raw === '1'),
}

/** Raw durations are an offset from 1970, for example `1970-01-01 08:00:00` for eight hours; decoded to milliseconds. */
const duration: FieldCodec<number> = {
  encode: (value) => (typeof value === 'number' ? stampFromMs(value) : plain(value)),
  decode: (raw) => (isUtcStamp(raw) ? stampToMs(raw) : null),
}

const day: FieldCodec<string> = {
  encode: (value) => (value instanceof Date ? toStamp(value).slice(0, 10) : plain(value)),
  decode: (raw) => (/^\d{4}-\d{2}-\d{2}$/.test(raw) ? raw : null),
}

/** The codec of each kind. */
export const fieldCodecs = {
  text,
  choice: text,
  reference: text,
  journal: text,
  id: text,
  boolean,
  integer,
  datetime,
  date: day,
  duration,
} satisfies Record<FieldKind, FieldCodec<unknown>>

/**
 * A caller's value as the wire's text; for a field of unknown kind a Date and an ISO instant with a zone become a UTC stamp.
 * Throws QueryError for an instant without a zone. Example: `encodeField('datetime', '2026-01-01T01:00:00+01:00')` is `'2026-01-01 00:00:00'`.
 */
export function encodeField(kind: FieldKind | undefined, value: FieldInput): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new QueryError('A number must be finite.')
  return kind === undefined ? fieldCodecs.datetime.encode(value) : fieldCodecs[kind].encode(value)
}

function toUtcText(value: string): string {
  if (isoWithoutZone.test(value)) {
    throw new QueryError('An instant in ISO form needs its zone.', {
      hint: 'Append Z or an offset such as +02:00, or give a Date.',
    })
  }
  return isoWithZone.test(value) ? toStamp(new Date(value)) : value
}

function toStamp(date: Date): UtcStamp {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw new QueryError('A date is not valid.')
  return stampFromMs(ms)
}
