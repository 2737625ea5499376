/** What the check that writes leaves behind: finds its record by key, deletes it, and says what is not known. */
import { isSnowlineError, NotFoundError, PermissionError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'
import { messageOf } from './cause.ts'
import { ask, type Examination, oursOnly, textOf } from './patient.ts'

/** What carries a key. `unknown`: the question was not answered, or not obeyed. */
export type Made =
  | { state: 'found'; sysId: string; number: string }
  | { state: 'hidden' | 'absent' | 'unknown' }

/** Whether the record is still there, or may be; in words, with what to do. */
export interface Remains {
  left: boolean
  message: string
  mend: string
}

/** Asks which record carries the key. */
export async function findMade(examination: Examination, table: string, key: string): Promise<Made> {
  const query = `correlation_id=${key}`
  const fields = ['sys_id', 'number', 'correlation_id']
  try {
    const { records, total } = await ask(examination, table, { query, limit: 2, fields })
    const [record] = records
    if (record === undefined) return { state: (total ?? 0) === 0 ? 'absent' : 'hidden' }
    const sysId = textOf(record.sys_id)
    // An instance drops a condition it does not obey, and shows any record: never one to delete.
    if (textOf(record.correlation_id) !== key || !isSysId(sysId)) return { state: 'unknown' }
    return { state: 'found', sysId, number: textOf(record.number) }
  } catch (error) {
    oursOnly(error)
    return { state: 'unknown' }
  }
}

/** Deletes the record; after an answer that proves nothing it is looked for. */
export async function removeMade(
  examination: Examination,
  table: string,
  sysId: string,
  number: string,
): Promise<Remains> {
  const { patient, signal } = examination
  const name = number === '' ? sysId : number
  const gone = { left: false, message: `${name} was deleted again.`, mend: '' }
  try {
    await patient.table(table).delete(sysId, signal === undefined ? {} : { signal })
    return gone
  } catch (error) {
    if (!isSnowlineError(error)) throw error
    const there = error instanceof NotFoundError ? false : await isThere(examination, table, sysId)
    if (there === false) return gone
    const mend =
      error instanceof PermissionError
        ? 'Delete it by hand. A user who only creates and updates needs no right to delete.'
        : 'Look for it, and delete it by hand.'
    const message = there
      ? `The record ${name} could not be deleted again and is still there.`
      : `Whether the record ${name} was deleted again is not known: ${messageOf(error)}`
    return { left: true, message, mend }
  }
}

/** Null when it cannot be told. */
async function isThere(examination: Examination, table: string, sysId: string): Promise<boolean | null> {
  try {
    const query = `sys_id=${sysId}`
    const { records, total } = await ask(examination, table, { query, limit: 1, fields: ['sys_id'] })
    if (records.some((record) => textOf(record.sys_id) === sysId)) return true
    return total === null ? null : total > 0
  } catch (error) {
    oursOnly(error)
    return null
  }
}
