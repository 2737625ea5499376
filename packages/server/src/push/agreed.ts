/** What is kept of an incident when it and its ticket agree: the fields that a later push compares with, and those that are shown. Pure. */
import type { AgreedRecord } from '../tickets/ticket-store.ts'
import { viewFields } from '../views/incident-view.ts'
import { ticketMapper } from './mapping.ts'

/** Journal fields read as empty on a record, whatever stands in them. */
const journal: ReadonlySet<string> = new Set(['work_notes', 'comments'])

const kept: ReadonlySet<string> = new Set(
  [...viewFields, ...ticketMapper.readFields].filter((field) => !field.includes('.') && !journal.has(field)),
)

export function agreedOf(record: Readonly<Record<string, unknown>>): AgreedRecord {
  const fields: Record<string, string> = {}
  for (const [field, value] of Object.entries(record)) {
    if (kept.has(field) && typeof value === 'string') fields[field] = value
  }
  return fields
}
