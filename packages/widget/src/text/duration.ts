/** Spans of time in the reader's words. Pure. */

/** Example: `duration(95_000, 'en')` is `2 minutes`, `duration(400, 'en')` is `1 second`. Hours from 90 minutes on. */
export function duration(ms: number, locale: string): string {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  if (seconds < 90) return inUnit(seconds, 'second', locale)
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? inUnit(minutes, 'minute', locale) : inUnit(Math.round(minutes / 60), 'hour', locale)
}

function inUnit(value: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
