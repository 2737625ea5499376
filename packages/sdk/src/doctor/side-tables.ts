/** The tables beside a table: the record of deletes, and the journal that holds comments and work notes. */
import { InvalidRequestError } from '../base/errors.ts'
import type { TablePage } from '../client/page.ts'
import { bad, type DoctorCheck, good, type Subject, warn } from './check.ts'
import { ask, type Examination, rightsMend, verdictOf } from './patient.ts'

/** Can deletes be read from `sys_audit_delete`? */
export async function checkDeletes(examination: Examination, table: string): Promise<DoctorCheck> {
  const subject = { name: 'deletes', table } as const
  const mend =
    'Let the user read sys_audit_delete (admin on most instances); until then deletes show only when a sync compares every key, once a day.'
  const query = `tablename=${table}^ORDERBYDESCsys_created_on`
  const fields = ['sys_id', 'documentkey', 'tablename']
  const page = await askBeside(examination, 'sys_audit_delete', { query, limit: 10, fields }, subject, mend)
  if ('verdict' in page) return page.verdict
  if (page.records.some((record) => record.tablename !== undefined && record.tablename !== table)) {
    return warn(subject, 'sys_audit_delete does not obey a condition on tablename.', mend)
  }
  if (page.records.length > 0) return good(subject, 'Deletes are recorded and can be read.')
  if (page.total !== null && page.total > 0) {
    return warn(subject, 'Deletes are recorded and hidden from this user.', mend)
  }
  return good(
    subject,
    'No delete is recorded so far: there was none, the table is not audited, or they are hidden.',
  )
}

/** Can comments and work notes be read one by one from `sys_journal_field`? */
export async function checkJournal(examination: Examination, table: string): Promise<DoctorCheck> {
  const subject = { name: 'journal', table } as const
  const mend =
    'Let the user read sys_journal_field; until then notes can be read only as the one text the instance shows.'
  const query = `name=${table}^ORDERBYDESCsys_created_on`
  const fields = ['sys_id', 'element', 'element_id']
  const page = await askBeside(examination, 'sys_journal_field', { query, limit: 10, fields }, subject, mend)
  if ('verdict' in page) return page.verdict
  if (page.records.length > 0) return good(subject, 'Comments and work notes can be read one by one.')
  if (page.total !== null && page.total > 0) {
    return warn(subject, 'Journal entries are counted and hidden from this user.', mend)
  }
  return checkNotes(examination, table, subject, mend)
}

/** Some instances answer "none" to a user without the right; the text that people see gives it away. */
async function checkNotes(
  examination: Examination,
  table: string,
  subject: Subject,
  mend: string,
): Promise<DoctorCheck> {
  try {
    return (await showsNotes(examination, table))
      ? warn(subject, 'Records show notes, and the journal shows no entry.', mend)
      : good(subject, 'There are no journal entries so far.')
  } catch (error) {
    const verdict = verdictOf(error, subject, '', 'warn')
    const message = `The journal shows no entry, and whether records show notes is not known: ${verdict.message}`
    return { ...verdict, message }
  }
}

async function showsNotes(examination: Examination, table: string): Promise<boolean> {
  const query = 'ORDERBYDESCsys_updated_on'
  const fields = ['comments', 'work_notes', 'comments_and_work_notes']
  const { records } = await ask(examination, table, { query, limit: 20, fields, displayValue: true })
  return records.some((record) =>
    fields.some((field) => typeof record[field] === 'string' && record[field] !== ''),
  )
}

async function askBeside(
  examination: Examination,
  table: string,
  options: { query: string; limit: number; fields: readonly string[] },
  subject: Subject,
  mend: string,
): Promise<TablePage | { verdict: DoctorCheck }> {
  try {
    return await ask(examination, table, options)
  } catch (error) {
    if (error instanceof InvalidRequestError && error.code === 'instance.invalid_table')
      return {
        verdict: bad(
          subject,
          `The instance does not know ${table}.`,
          'Check the address: every instance has it.',
        ),
      }
    return { verdict: verdictOf(error, subject, rightsMend(error, mend), 'warn') }
  }
}
