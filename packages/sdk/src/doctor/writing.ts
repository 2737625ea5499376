/** The check that writes: makes a record, changes it, looks whether both were obeyed, and deletes it again. */
import { DataPolicyError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'
import { bad, type DoctorCheck, good, warn } from './check.ts'
import { type Examination, oursOnly, textOf, verdictOf } from './patient.ts'

const title = 'Snowline doctor: may be deleted'
const mark = 'snowline-doctor'

/** Asks for rights to create, update and delete. Leaves nothing behind unless the delete is refused, which it says. */
export async function checkWrite({ patient, signal }: Examination, table: string): Promise<DoctorCheck> {
  const subject = { name: 'write', table } as const
  const call = signal === undefined ? {} : { signal }
  const records = patient.table(table)
  let made: unknown
  try {
    made = await records.create({ short_description: title }, call)
  } catch (error) {
    return verdictOf(error, subject, createMend(error, table))
  }
  const sysId = cellOf(made, 'sys_id')
  if (!isSysId(sysId))
    return bad(
      subject,
      'A record was made, and the answer does not show it.',
      `Let the user read what it writes to ${table}.`,
    )
  const changed = await attempt(() => records.update(sysId, { correlation_display: mark }, call))
  const removed = await attempt(() => records.delete(sysId, call))
  if (removed.error !== undefined) {
    const left = `The record ${cellOf(made, 'number') || sysId} could not be deleted again and is still there.`
    const mend = 'Delete it by hand. A user who only creates and updates needs no right to delete.'
    return changed.error === undefined
      ? warn(subject, left, mend)
      : bad(subject, `${left} It could not be updated either.`, mend)
  }
  if (changed.error !== undefined) {
    return verdictOf(changed.error, subject, `Give the user a role that may update ${table}.`)
  }
  const dropped = [
    cellOf(made, 'short_description') === title ? '' : 'short_description',
    cellOf(changed.value, 'correlation_display') === mark ? '' : 'correlation_display',
  ].filter((field) => field !== '')
  if (dropped.length === 0)
    return good(subject, 'Create, update and delete are allowed, and what was written was kept.')
  const mend =
    'Look for a field rule or a business rule: the instance drops what a user may not write and says nothing.'
  return warn(subject, `Written and not kept: ${dropped.join(', ')}.`, mend)
}

function createMend(error: unknown, table: string): string {
  if (error instanceof DataPolicyError)
    return 'The right is there; a data policy demands more fields. Give them defaults in your mapper.'
  return `Give the user a role that may create records of ${table} (itil or sn_incident_write for incidents).`
}

/** The outcome of a step that may be refused; what is no error of ours is thrown on. */
async function attempt(step: () => Promise<unknown>): Promise<{ value?: unknown; error?: unknown }> {
  try {
    return { value: await step() }
  } catch (error) {
    return { error: oursOnly(error) }
  }
}

function cellOf(record: unknown, field: string): string {
  if (typeof record !== 'object' || record === null) return ''
  return textOf(Object.getOwnPropertyDescriptor(record, field)?.value)
}
