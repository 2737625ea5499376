/** Where a list goes on: after a row (newest first) or after a number of rows (any other order). Opaque to clients. Pure. */
import { isSysId, isUtcStamp, type SysId, type UtcStamp } from '@snowline/sdk'
import { validationFailed } from '../problem/problem-error.ts'

export type IncidentCursor =
  | {
      after: { u: UtcStamp; sysId: SysId }
      /** What the first page counted: the rest of a list counts less with each page. */
      total?: number | null
    }
  | { offset: number }

/** Nobody reads further by hand; an instance slows down with each page before the one asked for. */
const MAX_OFFSET = 100_000

export function encodeCursor(cursor: IncidentCursor): string {
  const text =
    'after' in cursor
      ? `a ${cursor.total ?? '-'} ${cursor.after.sysId} ${cursor.after.u}`
      : `o ${cursor.offset}`
  return Buffer.from(text, 'utf8').toString('base64url')
}

/** @throws ProblemError `validation_failed` for a text that is no cursor of ours */
export function decodeCursor(text: string): IncidentCursor {
  const plain = Buffer.from(text, 'base64url').toString('utf8')
  const [, total, sysId, u] = /^a (-|\d{1,10}) (\S+) (.+)$/.exec(plain) ?? []
  if (isSysId(sysId) && isUtcStamp(u))
    return { after: { u, sysId }, total: total === '-' ? null : Number(total) }
  const offset = Number(/^o (\d{1,6})$/.exec(plain)?.[1] ?? Number.NaN)
  if (Number.isInteger(offset) && offset <= MAX_OFFSET) return { offset }
  throw validationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }])
}
