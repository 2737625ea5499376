/** ServiceNow's raw date-times (`yyyy-MM-dd HH:mm:ss`, UTC, whole seconds) and the zones people read them in. */

const STAMP = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/
const FIRST = Date.UTC(1000, 0, 1)
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Texts of days since 1970: a million incidents lie in sixty of them. */
const days = new Map<number, string>()
const MOST_DAYS = 4000

function dayText(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size >= MOST_DAYS) days.clear()
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
  days.set(day, text)
  return text
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/**
 * Milliseconds since 1970 as a raw stamp; parts of a second are cut off, as the instance does.
 *
 * @example toStamp(Date.UTC(2026, 0, 2, 3, 4, 5, 999)) // '2026-01-02 03:04:05'
 */
export function toStamp(ms: number): string {
  const second = Math.floor(ms / 1000)
  const day = Math.floor(second / 86_400)
  const rest = second - day * 86_400
  const minute = Math.floor(rest / 60)
  return `${dayText(day)} ${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(rest % 60)}`
}

/**
 * A raw stamp, or a bare date (its midnight), as milliseconds; `undefined` for any other text, such as the 31st of February.
 *
 * @example parseStamp('2026-01-02') // 1767312000000
 */
export function parseStamp(text: string): number | undefined {
  const match = STAMP.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  if (year < 1000 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // A day that its month does not have would be one of another month.
  return new Date(ms).getUTCDate() === day ? ms : undefined
}

/** Whether an instant, or the wall clock of one, can be written as a raw stamp: years 1000 to 9999, as the database keeps. */
export function hasStamp(ms: number): boolean {
  return ms >= FIRST && ms <= LAST
}

/** The raw stamp at which a zone's wall clock shows `wall`; `undefined` when there is none. */
export function stampAt(wall: number, zone: string): string | undefined {
  if (!hasStamp(wall)) return undefined
  const ms = fromWall(wall, zone)
  return hasStamp(ms) ? toStamp(ms) : undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, format)
  }
  return format
}

/** The wall clock of a zone at an instant, written as if it were UTC (so that date arithmetic stays plain). */
export function toWall(ms: number, zone: string): number {
  if (zone === 'UTC') return ms
  const part: Record<string, number> = {}
  for (const { type, value } of formatFor(zone).formatToParts(ms)) part[type] = Number(value)
  const whole = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second)
  return whole + (((ms % 1000) + 1000) % 1000)
}

/** The instant at which a zone's wall clock shows `wall`; in the hour that is skipped or repeated, the later offset wins. */
export function fromWall(wall: number, zone: string): number {
  if (zone === 'UTC') return wall
  const guess = wall - (toWall(wall, zone) - wall)
  return guess + (wall - toWall(guess, zone))
}

/**
 * A raw stamp as a person sees it: in the zone and date format of the calling user.
 *
 * @example displayStamp('2026-07-13 17:29:21', 'America/Los_Angeles', 'dd-MMM-yyyy') // '13-Jul-2026 10:29:21'
 */
export function displayStamp(stamp: string, zone: string, dateFormat: string): string {
  const ms = parseStamp(stamp)
  if (ms === undefined) return stamp
  const wall = toStamp(toWall(ms, zone))
  return `${displayDate(wall.slice(0, 10), dateFormat)} ${wall.slice(11)}`
}

/** A raw date in a pattern made of `yyyy`, `MMM`, `MM` and `dd`. */
export function displayDate(date: string, dateFormat: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  return dateFormat.replace(/yyyy|MMM|MM|dd/g, (token) => {
    if (token === 'yyyy') return year
    if (token === 'MMM') return MONTHS[Number(month) - 1] ?? month
    return token === 'MM' ? month : day
  })
}

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MMM: '(?<name>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  dd: '(?<day>\\d{2})',
}

/** A date in a pattern as `yyyy-MM-dd`. */
function readDate(text: string, dateFormat: string): string | undefined {
  const escaped = dateFormat.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const match = new RegExp(`^${escaped.replace(/yyyy|MMM|MM|dd/g, (token) => TOKENS[token] ?? token)}$`).exec(
    text,
  )
  const { year, name, month, day } = match?.groups ?? {}
  const at = name === undefined ? -1 : MONTHS.findIndex((each) => each.toLowerCase() === name.toLowerCase())
  const number = name === undefined ? month : at < 0 ? undefined : two(at + 1)
  return year && number && day ? `${year}-${number}-${day}` : undefined
}

/**
 * A date-time as a person of a zone writes it, as a raw stamp in UTC; the plain form `yyyy-MM-dd HH:mm:ss` is always
 * understood, and a date alone is its midnight. `undefined` for any other text.
 *
 * @example readDisplayStamp('13-Jul-2026 10:29:21', 'America/Los_Angeles', 'dd-MMM-yyyy') // '2026-07-13 17:29:21'
 */
export function readDisplayStamp(text: string, zone: string, dateFormat: string): string | undefined {
  const [shown = '', time = '00:00:00'] = text.trim().split(' ')
  const date = readDate(shown, dateFormat) ?? shown
  const wall = parseStamp(`${date} ${time}`)
  return wall === undefined ? undefined : stampAt(wall, zone)
}
