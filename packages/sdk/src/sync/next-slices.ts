/** From one answer to the slices that are left: how a window is walked without an offset, whatever the access rules hide. */
import { UnexpectedResponseError } from '../base/errors.ts'
import { addSeconds, type SysId, stampFromMs, stampToMs, type UtcStamp } from '../base/values.ts'
import type { Slice } from '../model/slice.ts'
import type { SourcePage } from '../ports/source.ts'

/** No stamp is older than the epoch: where halving begins when a slice has no lower edge. */
const FIRST = '1970-01-01 00:00:00' as UtcStamp
const LAST = '9999-12-31 23:59:59' as UtcStamp
const HEX = [...'0123456789abcdef']

type Answer = Pick<SourcePage, 'records' | 'total' | 'link'>

/**
 * Was this answer everything the slice holds? By the count when there is one (an upper bound: rows may be hidden), else by the Link
 * header, else nobody can tell and UnexpectedResponseError says so.
 */
export function isComplete(page: Answer, limit: number, linkSeen: boolean): boolean {
  if (page.link === 'next') return false
  if (page.total !== null) return page.total <= limit
  if (page.link === 'last' || linkSeen) return true
  throw new UnexpectedResponseError(
    'The instance sends neither X-Total-Count nor Link: nobody can tell whether an answer is complete',
    'shape',
    { method: 'GET', url: '' },
    { hint: 'Ask whether a proxy in front of the instance removes the X-Total-Count and Link headers.' },
  )
}

/**
 * The slices left of `slice` after an answer that was not complete, in reading order. Together with the rows of the answer they cover
 * the slice; each is strictly smaller, so walking ends.
 */
export function remainingSlices(slice: Slice, page: Answer, limit: number): Slice[] {
  const last = page.records.at(-1)
  const byId = slice.from === null && slice.to === null
  if (last === undefined) return byId ? splitById(slice) : split(slice)
  if (byId || slice.from === slice.to) return [{ ...slice, after: last.sys_id }]
  const { sys_updated_on: stamp } = last
  const atStamp = countAtEnd(page, stamp)
  // Few rows share the last second: reading them again costs less than a request for the rest of that second.
  if (stamp !== slice.from && atStamp <= limit / 4) return [{ ...slice, from: stamp }]
  return [{ ...within(slice, stamp), after: last.sys_id as SysId }, ...above(slice, stamp)]
}

function within(slice: Slice, stamp: UtcStamp): Slice {
  return { ...slice, from: stamp, to: stamp }
}

function above(slice: Slice, stamp: UtcStamp): Slice[] {
  const from = addSeconds(stamp, 1)
  return slice.to !== null && from > slice.to ? [] : [{ ...slice, from }]
}

/**
 * Nothing visible though rows are counted: all of them hidden, or the visible ones further on. Halves by time, older part first; within
 * one second sixteen parts by the next digit of the id.
 */
export function split(slice: Slice): Slice[] {
  const from = slice.from ?? FIRST
  const to = slice.to ?? LAST
  if (from === to) return splitById(slice)
  const middle = stampFromMs((stampToMs(from) + stampToMs(to)) / 2)
  return [
    { ...slice, from: slice.from, to: middle },
    { ...slice, from: addSeconds(middle, 1), to: slice.to },
  ]
}

/** Sixteen parts by the next digit of the id. */
export function splitById(slice: Slice): Slice[] {
  const prefix = slice.prefix ?? ''
  return HEX.map((digit) => ({ ...slice, prefix: prefix + digit })).filter(mayHold)
}

/**
 * What an answer has read of `slice`, given what is left of it: null when it read nothing (it was split). A row more than was read may be
 * in it: reading a row twice does no harm.
 */
export function readPart(slice: Slice, rest: readonly Slice[]): Slice | null {
  const [next] = rest
  if (next === undefined || slice.from === slice.to) return slice
  if (next.from !== slice.from) return { ...slice, to: next.from }
  return next.after === slice.after ? null : { ...slice, to: slice.from }
}

/** Ids with this prefix that are greater than `after` can exist. */
function mayHold({ prefix = '', after }: Slice): boolean {
  return after === undefined || prefix >= after.slice(0, prefix.length)
}

function countAtEnd(page: Answer, stamp: UtcStamp): number {
  let count = 0
  for (let i = page.records.length - 1; i >= 0 && page.records[i]?.sys_updated_on === stamp; i -= 1)
    count += 1
  return count
}
