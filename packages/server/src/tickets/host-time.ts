/** Instants in the application's way of writing them: ISO 8601, SQLite's own form, seconds or milliseconds since 1970. Pure. */
import type { HostTime, HostValue } from './host-map.ts'

/** A number below this counts seconds: as milliseconds it would lie in 1973. */
const FIRST_MILLISECONDS = 1e11

/**
 * ISO 8601 in UTC, or null for what is no instant. A text without a zone is UTC, as SQLite's `datetime('now')` writes it.
 *
 * @example readHostTime('2026-01-02 03:04:05')  // '2026-01-02T03:04:05Z'
 */
export function readHostTime(value: unknown): string | null {
  const ms = toMs(value)
  if (ms === null || Number.isNaN(ms) || Math.abs(ms) > 8.64e15) return null
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

function toMs(value: unknown): number | null {
  if (typeof value === 'number') return value < FIRST_MILLISECONDS ? value * 1000 : value
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return toMs(Number(text))
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))
  const iso = text.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1')
  return Date.parse(zoned ? iso : iso.length === 10 ? iso : `${iso}Z`)
}

/** How a stored value is written; null when it does not tell. */
export function timeFormOf(value: unknown): HostTime | null {
  if (typeof value === 'number') return value < FIRST_MILLISECONDS ? 'seconds' : 'milliseconds'
  if (typeof value !== 'string' || toMs(value) === null) return null
  return value.charAt(10) === ' ' ? 'sql' : 'iso'
}

/** Throws RangeError for a text that is no instant. */
export function writeHostTime(iso: string, form: HostTime): HostValue {
  const date = new Date(iso)
  if (form === 'milliseconds') return date.getTime()
  if (form === 'seconds') return Math.floor(date.getTime() / 1000)
  if (form === 'sql') return date.toISOString().slice(0, 19).replace('T', ' ')
  return iso
}

/**
 * The next mark of a write of ours: the wanted instant, moved on by a millisecond when the ticket carries that very one.
 *
 * @example nextMark('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')  // '2026-01-01T00:00:00.001Z'
 */
export function nextMark(wanted: string, old: string | null): string {
  const mark = new Date(wanted).toISOString()
  return mark === old ? new Date(Date.parse(mark) + 1).toISOString() : mark
}
