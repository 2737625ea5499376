/** Date rules: an instant of the ticket to a UTC stamp and back. */
import { MappingError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp, stampFromMs, stampToIso, stampToMs } from '../base/values.ts'
import { type CompiledRule, compileSource, describe } from './compiled-rule.ts'
import type { MapperShape } from './draft.ts'
import type { TicketView } from './path.ts'
import type { DateRule } from './rules.ts'

const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/

/**
 * The UTC stamp of a Date, of ISO 8601 with a zone, or of a stamp; null for a text that names no instant. Fractions of a second are cut.
 * Example: `stampOf('2026-03-01T01:30:00+01:00')` is `'2026-03-01 00:30:00'`.
 */
function stampOf(value: Date | string): UtcStamp | null {
  if (typeof value === 'string') {
    if (isUtcStamp(value)) return value
    if (!isoWithZone.test(value)) return null
  }
  const ms = value instanceof Date ? value.getTime() : Date.parse(value)
  if (Number.isNaN(ms)) return null
  const stamp = stampFromMs(ms)
  return isUtcStamp(stamp) ? stamp : null
}

export function compileDate(shape: MapperShape, name: string, rule: DateRule<string, string>): CompiledRule {
  const { to, as = 'iso' } = rule
  const source = compileSource(shape, rule.from, 'date')
  const place = { table: shape.table.name, field: source.first.path, kind: 'date' }

  const instant = (ticket: TicketView): Date | string | undefined => {
    let seen: string | undefined
    for (const path of source.paths) {
      const value = path.get(ticket)
      if (value instanceof Date || (typeof value === 'string' && value !== '')) return value
      if (value !== undefined && value !== null && value !== '') {
        throw new MappingError(`${path.path} of the ticket is ${describe(value)}, not an instant.`, place, {
          hint: 'Give a Date, ISO 8601 with a zone, or yyyy-MM-dd HH:mm:ss in UTC.',
        })
      }
      if (value !== undefined) seen = ''
    }
    return seen
  }

  return {
    name,
    writes: [to],
    reads: [to],
    write(draft) {
      const value = instant(draft.ticket)
      if (value === undefined) return
      const stamp = value === '' ? '' : stampOf(value)
      if (stamp === null)
        draft.leaveOut(source.first.path, 'no instant: a Date, ISO 8601 with a zone, or a UTC stamp')
      else draft.set(to, stamp)
    },
    read({ record, ticket, warnings }) {
      const stamp = record[to]
      if (!stamp) return
      if (!isUtcStamp(stamp)) {
        warnings.push({ field: to, message: 'is no UTC stamp (yyyy-MM-dd HH:mm:ss); left out' })
        return
      }
      source.first.set(ticket, as === 'date' ? new Date(stampToMs(stamp)) : stampToIso(stamp))
    },
    agrees(ticket, base) {
      const value = instant(ticket)
      if (value === undefined) return true
      return (value === '' ? '' : stampOf(value)) === (base[to] ?? '')
    },
  }
}
