/** Common schedules in a shape that can be said in plain words; rarer ones are shown as they are written. Pure. */

export type Plan =
  | { kind: 'minutes' | 'hours'; every: number }
  | { kind: 'hourly'; minute: number }
  | { kind: 'daily' | 'weekdays'; time: string }
  /** `day` from 0, Sunday. */
  | { kind: 'weekly'; time: string; day: number }
  | { kind: 'monthly'; time: string; day: number }

/**
 * The plan of a cron text of five fields; null for one that has no short wording, or is none.
 * Example: `toPlan('30 6 * * 1-5')` is `{ kind: 'weekdays', time: '06:30' }`.
 */
export function toPlan(cron: string): Plan | null {
  const fields = cron.trim().split(/\s+/)
  const [minute = '', hour = '', date = '', month = '', day = ''] = fields
  if (fields.length !== 5 || month !== '*') return null
  if (date === '*' && day === '*') {
    const often = toOften(minute, hour)
    if (often !== null) return often
  }
  const time = toTime(minute, hour)
  if (time === null) return null
  if (date === '*' && day === '*') return { kind: 'daily', time }
  if (date === '*' && /^(1-5|mon-fri)$/i.test(day)) return { kind: 'weekdays', time }
  const weekday = numberIn(day, 0, 7)
  if (date === '*' && weekday !== null) return { kind: 'weekly', time, day: weekday % 7 }
  const monthday = numberIn(date, 1, 31)
  return day === '*' && monthday !== null ? { kind: 'monthly', time, day: monthday } : null
}

function toOften(minute: string, hour: string): Plan | null {
  if (minute === '*' && hour === '*') return { kind: 'minutes', every: 1 }
  const minutes = stepOf(minute, 59)
  // A step that does not divide the hour has one shorter gap in each: no "every".
  if (minutes !== null && hour === '*') return 60 % minutes === 0 ? { kind: 'minutes', every: minutes } : null
  const at = numberIn(minute, 0, 59)
  if (at === null) return null
  if (hour === '*') return { kind: 'hourly', minute: at }
  const hours = stepOf(hour, 23)
  return hours !== null && at === 0 && 24 % hours === 0 ? { kind: 'hours', every: hours } : null
}

function stepOf(text: string, most: number): number | null {
  const [, step] = /^\*\/(\d{1,2})$/.exec(text) ?? []
  return step === undefined ? null : numberIn(step, 1, most)
}

function toTime(minute: string, hour: string): string | null {
  const minutes = numberIn(minute, 0, 59)
  const hours = numberIn(hour, 0, 23)
  if (minutes === null || hours === null) return null
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

function numberIn(text: string, least: number, most: number): number | null {
  if (!/^\d{1,2}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}
