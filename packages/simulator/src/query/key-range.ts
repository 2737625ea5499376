/** Finds the stretch of an index that the AND terms of a query leave: bounds on a date-time column and on `sys_id`. */
import { parseStamp } from '../stamp.ts'
import { type Fold, orderKey } from '../table-store.ts'
import type { AndTerm } from './compile.ts'
import type { Predicate } from './value.ts'

/** Keys from `low` (included) to `high` (excluded); an absent edge is open. `used` holds the tests this stretch fulfils. */
export interface KeyRange {
  readonly low: string | undefined
  readonly high: string | undefined
  readonly used: ReadonlySet<Predicate>
  /** Whether all keys of the stretch have the same value of the column. */
  readonly oneValue: boolean
}

/** Just after every key of `value`, alone or followed by U+0000 and an id (see `orderKey`). */
export const afterValue = (value: string): string => `${value}\u0001`
/** The first text after every text that starts with `prefix`. */
const afterPrefix = (prefix: string): string => `${prefix}\uffff`

interface Bounds {
  low: string
  high: string | undefined
}

function tighten(bounds: Bounds, low: string | undefined, high: string | undefined): void {
  if (low !== undefined && low > bounds.low) bounds.low = low
  if (high !== undefined && (bounds.high === undefined || high < bounds.high)) bounds.high = high
}

/** Narrows by one comparison with a text; false when the operator is none that an index understands. */
function narrow(bounds: Bounds, operator: string, value: string): boolean {
  if (operator === '=') tighten(bounds, value, afterValue(value))
  else if (operator === '>=') tighten(bounds, value, undefined)
  else if (operator === '>') tighten(bounds, afterValue(value), undefined)
  // An empty value is in no comparison, so the stretch begins after it.
  else if (operator === '<=') tighten(bounds, afterValue(''), afterValue(value))
  else if (operator === '<') tighten(bounds, afterValue(''), value)
  else return false
  return true
}

function stampBounds(terms: readonly AndTerm[], column: string, used: Set<Predicate>): Bounds {
  const bounds: Bounds = { low: '', high: undefined }
  for (const { condition, test } of terms) {
    const { field, operator, value } = condition
    if (field !== column || parseStamp(value) === undefined) continue
    if (narrow(bounds, operator, value.length === 10 ? `${value} 00:00:00` : value)) used.add(test)
  }
  return bounds
}

function idBounds(terms: readonly AndTerm[], fold: Fold, used: Set<Predicate>): Bounds {
  const bounds: Bounds = { low: '', high: undefined }
  for (const { condition, test } of terms) {
    const { field, operator, value } = condition
    if (field !== 'sys_id' || value === '' || value.startsWith('javascript:')) continue
    const wanted = fold(value)
    if (operator === 'STARTSWITH') {
      tighten(bounds, wanted, afterPrefix(wanted))
      used.add(test)
    } else if (narrow(bounds, operator, wanted)) used.add(test)
  }
  return bounds
}

/**
 * The stretch of the index on (`column`, sys_id) in which all matches of the terms lie.
 *
 * @example rangeOf([sys_updated_on=T, sys_id>S], 'sys_updated_on', fold) // from (T, after S) to the end of T
 */
export function rangeOf(terms: readonly AndTerm[], column: string, fold: Fold): KeyRange {
  const used = new Set<Predicate>()
  if (column === 'sys_id') {
    const { low, high } = idBounds(terms, fold, used)
    return { low: low === '' ? undefined : low, high, used, oneValue: false }
  }
  const { low, high } = stampBounds(terms, column, used)
  const oneValue = high !== undefined && high === afterValue(low) && low !== ''
  if (oneValue) {
    // All keys share the stamp, so bounds on sys_id are bounds of the key.
    const id = idBounds(terms, fold, used)
    return {
      low: orderKey(low, id.low),
      high: id.high === undefined ? orderKey(low, '\uffff') : orderKey(low, id.high),
      used,
      oneValue,
    }
  }
  return { low: low === '' ? undefined : low, high, used, oneValue: false }
}
