/** The check that writes: makes a record, changes it, looks whether both were obeyed, and deletes it again. */
import { DataPolicyError, isSnowlineError, OutcomeUnknownError, PermissionError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'
import { fieldsOf } from '../tables/tables.ts'
import { bad, type DoctorCheck, good, type Subject, warn } from './check.ts'
import { ask, type Examination, oursOnly, rightsMend, textOf, verdictOf } from './patient.ts'
import { findMade, type Remains, removeMade } from './remains.ts'

const title = 'Snowline doctor: may be deleted'
const mark = 'snowline-doctor'
/** What the check writes: only a table that has them, as every kind of task, is written to. */
const columns = ['short_description', 'correlation_id', 'correlation_display']

/**
 * Asks for rights to create, update and delete. The record carries a key in `correlation_id`, so that one whose answer was lost is found and
 * deleted too; what is left, or may be, is said.
 */
export async function checkWrite(examination: Examination, table: string): Promise<DoctorCheck> {
  const subject = { name: 'write', table } as const
  const key = `${mark}-${crypto.randomUUID()}`
  const unfit = (await checkColumns(examination, subject)) ?? (await checkKey(examination, subject, key))
  if (unfit !== null) return unfit
  const { patient, signal } = examination
  const call = signal === undefined ? {} : { signal }
  let made: unknown
  try {
    made = await patient.table(table).create({ short_description: title }, { ...call, idempotencyKey: key })
  } catch (error) {
    return createFailed(examination, subject, key, error)
  }
  const sysId = cellOf(made, 'sys_id')
  if (!isSysId(sysId)) {
    const left = await clear(examination, table, key)
    const mend = `Let the user read what it writes to ${table}.`
    return bad(subject, `A record was made, and the answer does not show it. ${left}`, mend)
  }
  const changed = await attempt(() => patient.table(table).update(sysId, { correlation_display: mark }, call))
  const remains = await removeMade(examination, table, sysId, cellOf(made, 'number'))
  if (remains.left) return leftBehind(subject, remains, changed.error)
  if (changed.error !== undefined) {
    const mend = rightsMend(changed.error, `Give the user a role that may update ${table}.`)
    return verdictOf(changed.error, subject, mend)
  }
  return keptVerdict(subject, [
    cellOf(made, 'short_description') === title ? '' : 'short_description',
    cellOf(changed.value, 'correlation_display') === mark ? '' : 'correlation_display',
  ])
}

/** Null when the table shows the columns that would be written, or shows no record and is known to have them. */
async function checkColumns(examination: Examination, subject: Subject): Promise<DoctorCheck | null> {
  const { table = '' } = subject
  try {
    const { records } = await ask(examination, table, { query: '', limit: 10, fields: columns })
    const known = records.length === 0 ? fieldsOf(table) : records.flatMap((record) => Object.keys(record))
    const missing = columns.filter((column) => !known.includes(column))
    if (missing.length === 0) return null
    const message = `Not tried: ${table} shows no ${missing.join(', ')}, and nothing else is written for a trial.`
    return warn(subject, message, 'Try a create of your own, or examine a table that extends task.')
  } catch (error) {
    return verdictOf(error, subject, '')
  }
}

/** Null when a look-up by the key answers "none": only what can be found again is made. */
async function checkKey(
  examination: Examination,
  subject: Subject,
  key: string,
): Promise<DoctorCheck | null> {
  const { table = '' } = subject
  const { state } = await findMade(examination, table, key)
  if (state === 'absent') return null
  const message = `Not tried: ${table} cannot be searched by correlation_id, so what is made could not be found again.`
  return warn(subject, message, `Let the user read and compare correlation_id of ${table}.`)
}

/** What became of a create that failed: said, and taken back where it was carried out all the same. */
async function createFailed(
  examination: Examination,
  subject: Subject,
  key: string,
  error: unknown,
): Promise<DoctorCheck> {
  const { table = '' } = subject
  const verdict = verdictOf(error, subject, createMend(error, table))
  const left = await clear(examination, table, key, sysIdOf(error), error instanceof OutcomeUnknownError)
  if (left === '') return verdict
  const message = `${verdict.message} ${left}`
  // The right to create is there; what the instance refused was to show the record.
  return error instanceof PermissionError
    ? bad(subject, message, `Give the user a role that may read what it creates in ${table}.`)
    : { ...verdict, message }
}

function createMend(error: unknown, table: string): string {
  if (error instanceof DataPolicyError)
    return 'The right is there; a data policy demands more fields. Give them defaults in your mapper.'
  if (error instanceof OutcomeUnknownError)
    return 'Look at what stands between here and the instance, and let the user read what it creates: an answer was lost or empty.'
  return rightsMend(
    error,
    `Give the user a role that may create records of ${table} (itil or sn_incident_write for incidents).`,
  )
}

/** Looks for what a create made, and deletes it; in words, `''` when nothing was made. `unsure`: it may still come. */
async function clear(
  examination: Examination,
  table: string,
  key: string,
  sysId?: string,
  unsure = false,
): Promise<string> {
  const found = await findMade(examination, table, key)
  const by = `correlation_id ${key}`
  if (found.state === 'found') {
    const { message } = await removeMade(examination, table, found.sysId, found.number)
    return `A record was made all the same. ${message}`
  }
  if (found.state === 'hidden' && sysId !== undefined) {
    const { message } = await removeMade(examination, table, sysId, '')
    return `A record was made that this user may not read. ${message}`
  }
  if (found.state === 'hidden')
    return `A record was made that this user may not read, and is still there: delete it by hand (${by}).`
  if (found.state === 'unknown') return `A record may be there: look for it by hand (${by}).`
  return unsure ? `None is there now; should it come later, delete it by hand (${by}).` : ''
}

function leftBehind(subject: Subject, { message, mend }: Remains, error: unknown): DoctorCheck {
  return error === undefined
    ? warn(subject, message, mend)
    : bad(subject, `${message} It could not be updated either.`, mend)
}

function keptVerdict(subject: Subject, lost: readonly string[]): DoctorCheck {
  const dropped = lost.filter((field) => field !== '')
  if (dropped.length === 0)
    return good(subject, 'Create, update and delete are allowed, and what was written was kept.')
  const mend =
    'Look for a field rule or a business rule: the instance drops what a user may not write and says nothing.'
  return warn(subject, `Written and not kept: ${dropped.join(', ')}.`, mend)
}

/** The id that an answer without a body gave in its `Location`. */
function sysIdOf(error: unknown): string | undefined {
  const id = isSnowlineError(error) ? error.details.sysId : undefined
  return typeof id === 'string' && isSysId(id) ? id : undefined
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
