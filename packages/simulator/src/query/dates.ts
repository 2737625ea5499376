/** The `javascript:gs.*` date helpers and relative units of an encoded query, read in the calling user's zone. */
import { parseStamp, stampAt, toStamp, toWall } from '../stamp.ts'

/** Who asks and when: what a script in a query can see. */
export interface Asker {
  readonly nowMs: number
  readonly zone: string
  readonly userId: string
  readonly userName: string
}

type Unit = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'

const SECOND = 1000
const FIXED: Partial<Record<Unit, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}
const MONTHS: Partial<Record<Unit, number>> = { month: 1, quarter: 3, year: 12 }

/** The unit named in any of its spellings (`hours`, `Day`); `undefined` for another word. */
export function unitOf(word: string): Unit | undefined {
  const name = word.toLowerCase().replace(/s$/, '')
  return Object.hasOwn(FIXED, name) || Object.hasOwn(MONTHS, name) ? (name as Unit) : undefined
}

/** Wall time moved by whole units; months keep the day where the month has it. */
export function addUnits(wall: number, unit: Unit, count: number): number {
  const fixed = FIXED[unit]
  if (fixed !== undefined) return wall + count * fixed
  const date = new Date(wall)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + count * (MONTHS[unit] ?? 1))
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, last))
  return date.getTime()
}

/** The first moment of the unit that holds `wall`; weeks begin on Monday. */
export function startOf(wall: number, unit: Unit): number {
  const date = new Date(wall)
  if (unit === 'minute') return Math.floor(wall / 60_000) * 60_000
  if (unit === 'hour') return Math.floor(wall / 3_600_000) * 3_600_000
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  if (unit === 'day') return midnight
  if (unit === 'week') return midnight - ((date.getUTCDay() + 6) % 7) * 86_400_000
  const size = MONTHS[unit] ?? 1
  return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / size) * size, 1)
}

/** The last whole second of the unit that holds `wall`. */
export function endOf(wall: number, unit: Unit): number {
  return addUnits(startOf(wall, unit), unit, 1) - SECOND
}

/** The arguments of a call, without their single or double quotes. */
export function argumentsOf(list: string): string[] {
  return list.split(',').map((part) => part.trim().replace(/^['"]|['"]$/g, ''))
}

function agoOf(name: string, count: number, wall: number): number | undefined {
  const match = /^(minute|hour|day|week|month|quarter|year)sAgo(Start|End)?$/.exec(name)
  const unit = match?.[1] && unitOf(match[1])
  if (!unit) return undefined
  const at = addUnits(wall, unit, -count)
  if (match[2] === 'Start') return startOf(at, unit)
  return match[2] === 'End' ? endOf(at, unit) : at
}

const SHIFT: Readonly<Record<string, number>> = { This: 0, Current: 0, Last: -1, Next: 1 }
const DAYS: Readonly<Record<string, number>> = { Today: 0, Yesterday: -1, Tomorrow: 1 }

function edgeOf(name: string, wall: number): number | undefined {
  const match =
    /^(beginning|end)Of(?:(Today|Yesterday|Tomorrow)|(This|Current|Last|Next)(\d*)([A-Z][a-z]+))$/.exec(name)
  if (!match) return undefined
  const [, edge, day, which = 'This', amount, word = 'day'] = match
  const unit = day ? 'day' : unitOf(word)
  if (!unit) return undefined
  const many = amount ? Number(amount) : 1
  const shifted = addUnits(wall, unit, (day ? (DAYS[day] ?? 0) : (SHIFT[which] ?? 0)) * many)
  // `Last30Days` is a stretch that ends now, `LastMonth` a calendar month.
  if (amount) return edge === 'end' ? endOf(wall, unit) : startOf(shifted, unit)
  return edge === 'end' ? endOf(shifted, unit) : startOf(shifted, unit)
}

function generated(date: string, time: string): number | undefined {
  if (time === 'start' || time === '') return parseStamp(date)
  if (time === 'end') return parseStamp(`${date} 23:59:59`)
  return parseStamp(`${date} ${time}`)
}

/**
 * The value of one `gs.` call: a raw stamp, a sys_id or a user name; `undefined` when the helper is not known.
 * `gs.dateGenerate` and all calendar edges are taken in the user's zone; the answer is UTC.
 *
 * @example evaluateScript("gs.daysAgoStart(0)", { nowMs: Date.UTC(2026, 0, 2, 3), zone: 'UTC', ... }) // '2026-01-02 00:00:00'
 */
export function evaluateScript(script: string, asker: Asker): string | undefined {
  const match = /^\s*gs\.(\w+)\((.*?)\)(\.getID\(\))?\s*;?\s*$/.exec(script)
  if (!match) return undefined
  const [, name = '', list = ''] = match
  if (name === 'getUserID' || (name === 'getUser' && match[3])) return asker.userId
  if (name === 'getUserName') return asker.userName
  if (name === 'now' || name === 'nowDateTime' || name === 'nowNoTZ') return toStamp(asker.nowMs)
  const wall = toWall(asker.nowMs, asker.zone)
  const [first = '', second = ''] = argumentsOf(list)
  const at =
    name === 'dateGenerate'
      ? generated(first, second)
      : (agoOf(name, Number(first || 0), wall) ?? edgeOf(name, wall))
  return at === undefined ? undefined : stampAt(at, asker.zone)
}
