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

/**
 * Turns a caller's value into the wire's text and the wire's text into the value it means. `encode` throws QueryError for what cannot
 * travel, naming `field`; `decode` gives null for an empty text and for one that has not the form of the kind.
 */
export interface FieldCodec<T> {
  encode(value: FieldInput, field?: string): string
  decode(raw: string): T | null
}

const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/
const isoWithoutZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/

function plain(value: FieldInput, field?: string): string {
  if (value === null) return ''
  return value instanceof Date ? toStamp(value, field) : String(value)
}

const text: FieldCodec<string> = { encode: plain, decode: (raw) => (raw === '' ? null : raw) }

const datetime: FieldCodec<UtcStamp> = {
  encode: (value, field) => (typeof value === 'string' ? toUtcText(value, field) : plain(value, field)),
  decode: (raw) => (isUtcStamp(raw) ? raw : null),
}

const integer: FieldCodec<number> = {
  encode: plain,
  decode: (raw) => (/^-?\d+$/.test(raw) ? Number(raw) : null),
}

/** An instance takes 1 and 0 too, and shows them as `true` and `false`. */
const boolean: FieldCodec<boolean> = {
  encode: (value) => (/^[01]$/.test(`${value}`) ? String(Number(value) === 1) : plain(value)),
  decode: (raw) => (raw === '' ? null : raw === 'true' || raw === '1'),
}

/** Raw durations are an offset from 1970, for example `1970-01-01 08:00:00` for eight hours; decoded to milliseconds. */
const duration: FieldCodec<number> = {
  encode: (value, field) => (typeof value === 'number' ? stampFromMs(value) : plain(value, field)),
  decode: (raw) => (isUtcStamp(raw) ? stampToMs(raw) : null),
}

const day: FieldCodec<string> = {
  encode: (value, field) => {
    const sent = plain(value, field)
    return value instanceof Date ? sent.slice(0, 10) : sent
  },
  decode: (raw) => (/^\d{4}-\d{2}-\d{2}$/.test(raw) ? raw : null),
}

/**
 * The codec of each kind. Example: `fieldCodecs.boolean.decode('true')` is `true`, `fieldCodecs.datetime.encode(new Date(0))` is
 * `'1970-01-01 00:00:00'`.
 */
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
 * A caller's value as the wire's text; for a field of unknown kind a Date and an ISO instant with a zone become a UTC stamp. Throws
 * QueryError, which names `field`, for an instant without a zone and for what no field holds: an object, a list, `undefined`, a number that
 * is not finite. Example: `encodeField('datetime', '2026-01-01T01:00:00+01:00')` is `'2026-01-01 00:00:00'`.
 */
export function encodeField(kind: FieldKind | undefined, value: FieldInput, field?: string): string {
  const type = typeof value
  const fits =
    value === null ||
    value instanceof Date ||
    type === 'string' ||
    type === 'boolean' ||
    (type === 'number' && Number.isFinite(value))
  if (fits) return fieldCodecs[kind ?? 'datetime'].encode(value, field)
  throw valueFault(
    field,
    type === 'number' ? 'no finite number' : Array.isArray(value) ? 'a list' : `of the type ${type}`,
    'Give a text, a number, a boolean or a Date; for a reference its sys_id.',
  )
}

/** The QueryError about a value, which it never shows. */
export function valueFault(field: string | undefined, what: string, hint: string): QueryError {
  return new QueryError(`The value for ${field ?? 'the field'} is ${what}.`, {
    hint,
    details: field === undefined ? {} : { field },
  })
}

function toUtcText(value: string, field?: string): string {
  if (isoWithoutZone.test(value)) {
    const hint = 'Append Z or an offset such as +02:00, or give a Date.'
    throw valueFault(field, 'an instant in ISO form without its zone', hint)
  }
  return isoWithZone.test(value) ? toStamp(new Date(value), field) : value
}

function toStamp(date: Date, field?: string): UtcStamp {
  const ms = date.getTime()
  if (Number.isNaN(ms)) throw valueFault(field, 'no date that exists', 'Check how the Date was made.')
  return stampFromMs(ms)
}
