/** Record to ticket: checks that the record was read raw, runs the rules backwards, reports what nothing reads. */
import { MappingError } from '../base/errors.ts'
import type { CompiledMapper } from './compile.ts'
import type { Reading } from './compiled-rule.ts'
import type { RawFields, Unmapped } from './context.ts'
import type { TextRecord } from './draft.ts'
import { isCustomField } from './names.ts'

/**
 * The own texts of a raw record; null reads as empty. Throws MappingError for display value objects and every other value that is no text.
 */
export function textRecord(table: string, record: RawFields): TextRecord {
  const prototype: unknown = Object.getPrototypeOf(record)
  let copy = prototype !== Object.prototype && prototype !== null
  for (const field in record) {
    const value = record[field]
    if (typeof value === 'string' || value === undefined || !Object.hasOwn(record, field)) continue
    if (value !== null) throw refused(table, field, value)
    copy = true
  }
  if (!copy) return record as TextRecord
  const own = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(own.map(([field, value]) => [field, String(value ?? '')]))
}

function refused(table: string, field: string, value: unknown): MappingError {
  const isObject = typeof value === 'object'
  const found = isObject ? 'an object, not a raw value' : `a ${typeof value}, not a text`
  return new MappingError(
    `${table}.${field} is ${found}.`,
    { table, field, kind: isObject ? 'display value' : typeof value },
    {
      hint: isObject
        ? 'Read the record with sysparm_display_value=false and sysparm_exclude_reference_link=true.'
        : 'Records travel as texts; give the value as the instance sent it.',
    },
  )
}

export interface ReadTicket extends Reading {
  unmapped: Unmapped[]
}

export function toTicket(mapper: CompiledMapper, raw: RawFields): ReadTicket {
  const record = textRecord(mapper.shape.table.name, raw)
  const reading: ReadTicket = { record, ticket: {}, warnings: [], unmapped: [] }
  for (const { rule } of mapper.plain) rule.read(reading)
  for (const { rule } of mapper.conditional) rule.read(reading)
  mapper.passthrough?.rule.read(reading)
  for (const field in record) {
    if (mapper.knownFields.has(field) || !Object.hasOwn(record, field) || !record[field]) continue
    if (mapper.passthrough !== null && isCustomField(field)) continue
    reading.unmapped.push({ field, reason: 'no rule reads it' })
  }
  return reading
}
