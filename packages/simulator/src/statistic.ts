/** The numbers of the Aggregate API, pure: what count, average, least, greatest and sum of some rows are, as texts. */
import type { Path } from './database.ts'
import { compareValues } from './query/value.ts'
import { parseStamp, toStamp } from './stamp.ts'
import type { Row } from './table-store.ts'

/** What can be asked of a column. */
export type Measure = (typeof MEASURES)[number]

/** The distance of the last stamp from 1970. */
const LONGEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59)

/** In the order in which answers name them. */
export const MEASURES = ['avg', 'min', 'max', 'sum'] as const

/** A column as it was named, and where it lies. */
export interface Column {
  readonly name: string
  readonly path: Path
}

/** A value as a number: whole numbers as they are, durations as their seconds; nothing else can be added up. */
function numberOf({ kind }: Path['field'], value: string): number | undefined {
  if (value === '') return undefined
  if (kind === 'duration') {
    const ms = parseStamp(value)
    return ms === undefined ? undefined : ms / 1000
  }
  if (kind !== 'integer') return undefined
  const number = Number(value.replaceAll(',', ''))
  return Number.isNaN(number) ? undefined : number
}

function addable({ field }: Path): boolean {
  return field.kind === 'integer' || field.kind === 'duration'
}

function sumOf(rows: readonly Row[], path: Path): { readonly sum: number; readonly count: number } {
  let sum = 0
  let count = 0
  for (const row of rows) {
    const number = numberOf(path.field, path.read(row))
    if (number === undefined) continue
    sum += number
    count++
  }
  return { sum, count }
}

/** A duration as a raw stamp; one that leads beyond the last year is cut there. */
function durationStamp(seconds: number): string {
  return toStamp(Math.min(LONGEST_MS, seconds * 1000))
}

function edgeOf(rows: readonly Row[], path: Path, sign: 1 | -1): string {
  let edge = ''
  for (const row of rows) {
    const value = path.read(row)
    if (value === '') continue
    if (edge === '' || compareValues(path.field.kind, value, edge) * sign < 0) edge = value
  }
  return edge
}

/**
 * One number of some rows; empty values do not count. `undefined` for the sum or average of a column that holds no
 * numbers: the member is left out then (no capture shows another answer).
 *
 * @example measure('avg', rows, { name: 'reassignment_count', path }) // '1.0000'
 */
export function measure(what: Measure, rows: readonly Row[], { path }: Column): string | undefined {
  if (what === 'min') return edgeOf(rows, path, 1)
  if (what === 'max') return edgeOf(rows, path, -1)
  if (!addable(path)) return undefined
  const { sum, count } = sumOf(rows, path)
  if (what === 'avg') {
    const average = count === 0 ? 0 : sum / count
    return path.field.kind === 'duration' ? durationStamp(average) : average.toFixed(4)
  }
  return path.field.kind === 'duration' ? durationStamp(sum) : String(sum)
}

/** Order of two numbers or stamps of a measure. */
export function compareMeasures(a: string, b: string): number {
  const x = Number(a)
  const y = Number(b)
  if (a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y)) return x - y
  return a < b ? -1 : a > b ? 1 : 0
}
