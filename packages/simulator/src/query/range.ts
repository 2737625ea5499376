/** The conditions about stretches: BETWEEN, and the operators that know days, weekdays and "an hour ago". */
import { type Path, resolvePath } from '../database.ts'
import type { Operator } from '../encoded-query.ts'
import { parseStamp, stampAt, toWall } from '../stamp.ts'
import { addUnits, argumentsOf, startOf, unitOf } from './dates.ts'
import { compareValues, type Predicate, type QueryContext, readLiteral } from './value.ts'

function compileBetween(path: Path, low: string, high: string, context: QueryContext): Predicate | undefined {
  const from = readLiteral(path, low, context)
  const to = readLiteral(path, high, context)
  if (from === undefined || to === undefined) return undefined
  const { kind } = path.field
  return (row) => {
    const value = context.database.fold(path.read(row))
    return value !== '' && compareValues(kind, value, from) >= 0 && compareValues(kind, value, to) <= 0
  }
}

/** `RELATIVEGT@hour@ago@1`: compared with the present moved by so many units. */
function compileRelative(
  operator: Operator,
  path: Path,
  value: string,
  context: QueryContext,
): Predicate | undefined {
  const [, word = '', direction = '', amount = ''] = value.split('@')
  const unit = unitOf(word)
  const count = Number(amount)
  if (!unit || amount === '' || Number.isNaN(count)) return undefined
  const { zone, nowMs } = context.asker
  const wall = addUnits(toWall(nowMs, zone), unit, direction === 'ago' ? -count : count)
  const edge = stampAt(wall, zone)
  if (edge === undefined) return undefined
  const day = edge.slice(0, 10)
  return (row) => {
    const at = path.read(row)
    if (at === '') return false
    if (operator === 'RELATIVEGT') return at > edge
    if (operator === 'RELATIVEGE') return at >= edge
    if (operator === 'RELATIVELT') return at < edge
    return operator === 'RELATIVELE' ? at <= edge : at.slice(0, 10) === day
  }
}

/** `MORETHANother@day@before@2`: further than so many units before (or after) another column. */
function compileDistance(
  operator: Operator,
  path: Path,
  value: string,
  context: QueryContext,
): Predicate | undefined {
  const [name = '', word = '', direction = '', amount = ''] = value.split('@')
  const other = resolvePath(context.database, context.table, name)
  const unit = unitOf(word)
  const count = Number(amount)
  if (!other || !unit || amount === '' || Number.isNaN(count)) return undefined
  const sign = direction === 'before' ? -1 : 1
  return (row) => {
    const at = parseStamp(path.read(row))
    const base = parseStamp(other.read(row))
    if (at === undefined || base === undefined) return false
    const edge = addUnits(base, unit, sign * count)
    const distance = (at - edge) * sign
    return operator === 'MORETHAN' ? distance > 0 : distance < 0 && (at - base) * sign >= 0
  }
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
)

function partOf(part: string, wall: number): number | undefined {
  const date = new Date(wall)
  if (part === 'dayofweek') return Math.round((startOf(wall, 'day') - startOf(wall, 'week')) / 86_400_000)
  if (part === 'month') return date.getUTCMonth()
  if (part === 'quarter') return Math.floor(date.getUTCMonth() / 3) + 1
  if (part === 'year') return date.getUTCFullYear()
  return part === 'hour' ? date.getUTCHours() : undefined
}

/** `DATEPARTMonday@javascript:gs.datePart('dayofweek','monday','EE')`: one part of the date, in the user's zone. */
function compilePart(path: Path, value: string, { asker }: QueryContext): Predicate | undefined {
  const list = /gs\.datePart\((.*?)\)/.exec(value)?.[1]
  const [part = '', word = '', comparison = ''] = list === undefined ? [] : argumentsOf(list)
  if (!/^(EE|GT|GE|LT|LE)$/.test(comparison)) return undefined
  const names = part === 'dayofweek' ? WEEKDAYS : part === 'month' ? MONTHS : []
  const wanted = names.includes(word) ? names.indexOf(word) : Number(word)
  if (word === '' || Number.isNaN(wanted) || partOf(part, 0) === undefined) return undefined
  return (row) => {
    const at = parseStamp(path.read(row))
    const found = at === undefined ? undefined : partOf(part, toWall(at, asker.zone))
    if (found === undefined) return false
    if (comparison === 'EE') return found === wanted
    if (comparison === 'GT') return found > wanted
    if (comparison === 'GE') return found >= wanted
    return comparison === 'LT' ? found < wanted : found <= wanted
  }
}

/** Compiles a condition about a stretch; `undefined` when its value cannot be read. */
export function compileRange(
  operator: Operator,
  path: Path,
  value: string,
  context: QueryContext,
): Predicate | undefined {
  if (operator.startsWith('RELATIVE')) return compileRelative(operator, path, value, context)
  if (operator === 'MORETHAN' || operator === 'LESSTHAN')
    return compileDistance(operator, path, value, context)
  if (operator === 'DATEPART') return compilePart(path, value, context)
  if (operator === 'BETWEEN') {
    const [low = '', high = ''] = value.split('@')
    return compileBetween(path, low, high, context)
  }
  // `ONToday@start@end`: the first part is only what people read.
  const [, low = '', high = ''] = value.split('@')
  const within = low === '' || high === '' ? undefined : compileBetween(path, low, high, context)
  if (!within || operator === 'ON') return within
  return (row) => !within(row)
}
