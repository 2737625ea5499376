/** Times and counts as people read them, by `Intl`. Pure: the present, the locale and the zone come in. */

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Upper limits in seconds; a difference takes the first unit it fits into. */
const steps: readonly [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [45, 'second', 0],
  [HOUR, 'minute', MINUTE],
  [DAY, 'hour', HOUR],
  [30 * DAY, 'day', DAY],
  [365 * DAY, 'month', 30 * DAY],
  [Number.POSITIVE_INFINITY, 'year', 365 * DAY],
]

/**
 * How long ago (or ahead) an instant is. Under 45 seconds either way it is "now".
 * Example: `relativeTime('2026-11-22T10:00:00Z', new Date('2026-11-22T10:05:00Z'), 'en')` is `5 minutes ago`.
 * An instant that cannot be read comes back as it is.
 */
export function relativeTime(iso: string, now: Date, locale: string): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const seconds = (at - now.getTime()) / 1000
  const step = steps.find(([limit]) => Math.abs(seconds) < limit)
  const [, unit, size] = step ?? [0, 'second' as const, 0]
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (size === 0) return words.format(0, unit)
  return words.format(Math.sign(seconds) * Math.max(1, Math.floor(Math.abs(seconds) / size)), unit)
}

/**
 * The whole truth about an instant, for a title: local time with its zone, then UTC.
 * Example: `22 Nov 2026, 11:00:00 CET · 2026-11-22 10:00:00 UTC` for `Europe/Berlin` in `en-GB`.
 */
export function fullTime(iso: string, locale: string, timeZone?: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const local = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(at)
  return `${local} · ${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** A date and time short enough for a form row. Example: `22 Nov 2026, 10:42` in `en-GB`, UTC. */
export function shortTime(iso: string, locale: string, timeZone?: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at)
}

/**
 * A time of day, with its date when that is not today: what "as of" needs.
 * Example: `10:42` today, `21 Nov, 10:42` yesterday, in `en-GB`.
 */
export function clockTime(iso: string, now: Date, locale: string, timeZone?: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone })
  const today = day.format(at) === day.format(now)
  const time = { hour: '2-digit', minute: '2-digit', timeZone } as const
  const form = today ? time : { day: 'numeric' as const, month: 'short' as const, ...time }
  return new Intl.DateTimeFormat(locale, form).format(at)
}

/** A count with the reader's separators. Example: `count(1234, 'en')` is `1,234`. */
export function count(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value)
}

/** A text cut at a length, with an ellipsis in place of the rest. Example: `clip('incident', 4)` is `inc…`. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

/** The host of an instance for display. Example: `hostOf('https://dev1.service-now.com/')` is `dev1.service-now.com`. */
export function hostOf(instance: string): string {
  return URL.canParse(instance) ? new URL(instance).host || instance : instance
}
