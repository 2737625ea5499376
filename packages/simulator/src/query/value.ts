/** How raw values and the literals of a query are read and compared, and what a condition needs to know for that. */
import type { Database, Path } from '../database.ts'
import { parseStamp } from '../stamp.ts'
import type { Row, TableStore } from '../table-store.ts'
import { type Asker, evaluateScript } from './dates.ts'

/** A test of one row. */
export type Predicate = (row: Row) => boolean

/** What a condition is read against. */
export interface QueryContext {
  readonly database: Database
  readonly table: TableStore
  readonly asker: Asker
  /** What becomes of a condition on a column, or of a range over it and an order by it; `undefined`, here or from it, when it is allowed. */
  readonly right?: (path: Path, ranged: boolean) => 'ignored' | 'forbidden' | undefined
}

function numberOf(text: string): number | undefined {
  const found = Number(text.replaceAll(',', ''))
  return text.trim() === '' || Number.isNaN(found) ? undefined : found
}

/** Order of two raw values of a column: numbers by size, all else by text. */
export function compareValues(kind: Path['field']['kind'], a: string, b: string): number {
  if (kind === 'integer') {
    const x = numberOf(a)
    const y = numberOf(b)
    if (x !== undefined && y !== undefined) return x - y
  }
  return a < b ? -1 : a > b ? 1 : 0
}

/** A literal as it is compared: scripts run, dates made whole (UTC), booleans spelled out; `undefined` when unreadable. */
export function readLiteral(path: Path, literal: string, context: QueryContext): string | undefined {
  const script = /^javascript:(.*)$/s.exec(literal)?.[1]
  const value = script === undefined ? literal : evaluateScript(script, context.asker)
  if (value === undefined || value === '') return value
  const { kind } = path.field
  if (kind === 'boolean' && (value === '1' || value === '0')) return value === '1' ? 'true' : 'false'
  if (kind === 'date-time') {
    if (parseStamp(value) === undefined) return undefined
    return value.length === 10 ? `${value} 00:00:00` : value
  }
  return context.database.fold(value)
}
