/** The checks of one table: can it be read, do the fields come back, are order and ranges obeyed, is anything hidden. */
import { tableSource } from '../adapters/table-source.ts'
import { InvalidRequestError, PermissionError } from '../base/errors.ts'
import type { TablePage } from '../client/page.ts'
import { probeSource, type SourceVisibility } from '../sync/probe-source.ts'
import { fieldsOf } from '../tables/tables.ts'
import { bad, type DoctorCheck, good, warn } from './check.ts'
import { checkOrder } from './order.ts'
import { ask, type Examination, verdictOf } from './patient.ts'

/** Rows of the first look at a table. */
const ROWS = 10

/** Without these a list cannot be paged and a sync cannot tell a newer row from an older one. */
const keyFields = ['sys_id', 'sys_updated_on', 'sys_mod_count']

export interface TableExamination {
  checks: DoctorCheck[]
  readable: boolean
}

/** Everything about reading one table. */
export async function examineTable(
  examination: Examination,
  table: string,
  wanted: readonly string[] | undefined,
): Promise<TableExamination> {
  const fields = [...new Set([...keyFields, ...(wanted ?? fieldsOf(table))])]
  const first = await read(examination, table, fields)
  if ('verdict' in first) return { checks: [first.verdict], readable: false }
  const checks = [readVerdict(table, first.page), fieldVerdict(table, fields, first.page)]
  return { checks: [...checks, ...(await visibility(examination, table, first.page))], readable: true }
}

async function read(
  examination: Examination,
  table: string,
  fields: readonly string[],
): Promise<{ page: TablePage } | { verdict: DoctorCheck }> {
  try {
    return { page: await readFirst(examination, table, fields) }
  } catch (error) {
    return { verdict: verdictOf(error, { name: 'read', table }, readMend(error, table)) }
  }
}

/** By `sys_id`, which is a sample of old and new; a user who may not order by it may still read, which the check of the order says. */
async function readFirst(
  examination: Examination,
  table: string,
  fields: readonly string[],
): Promise<TablePage> {
  try {
    return await ask(examination, table, { query: 'ORDERBYsys_id', limit: ROWS, fields })
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error
    return await ask(examination, table, { query: '', limit: ROWS, fields })
  }
}

function readMend(error: unknown, table: string): string {
  if (error instanceof InvalidRequestError && error.code === 'instance.invalid_table')
    return `Check the name: ${table} is no table of this instance.`
  if (error instanceof PermissionError)
    return `Give the user a role that may read ${table} (itil or sn_incident_read for incidents), or open the table to web services.`
  return ''
}

function readVerdict(table: string, { records, total }: TablePage): DoctorCheck {
  const subject = { name: 'read', table } as const
  if (records.length > 0)
    return good(subject, `${table} can be read${total === null ? '' : `: ${total} records`}.`)
  if (total === 0) return warn(subject, `${table} is empty.`, 'Look whether this is the right instance.')
  return bad(
    subject,
    `The instance counts ${total ?? 'unknown'} records of ${table} and shows none of the first ones.`,
    `Give the user a role that may read ${table}: an access rule hides its rows.`,
  )
}

function fieldVerdict(table: string, asked: readonly string[], { records }: TablePage): DoctorCheck {
  const subject = { name: 'fields', table } as const
  const [record] = records
  if (record === undefined) {
    return warn(
      subject,
      'No record was shown, so its fields are not known.',
      'Examine again when there is one.',
    )
  }
  const missing = asked.filter((field) => records.every((each) => !Object.hasOwn(each, field)))
  if (missing.length === 0) return good(subject, `All ${asked.length} fields asked for came back.`)
  const names = missing.join(', ')
  if (missing.some((field) => keyFields.includes(field))) {
    return bad(
      subject,
      `Missing in every record: ${names}.`,
      'Let the user read these fields; nothing can be paged or compared without them.',
    )
  }
  return warn(
    subject,
    `Missing in every record: ${names}.`,
    'The instance leaves out fields it does not have and fields the user may not read, and says nothing: check spelling and field rules.',
  )
}

/** The question of a sync, asked once (`probeSource`), as two verdicts. */
async function visibility(examination: Examination, table: string, first: TablePage): Promise<DoctorCheck[]> {
  const { patient, signal } = examination
  try {
    const seen = await probeSource(tableSource(patient, table), signal)
    if (seen === 'refused') return [await checkOrder(examination, table, first)]
    const order = good({ name: 'order', table }, 'Rows come in the order and the range asked for.')
    return [order, countVerdict(table, seen, first)]
  } catch (error) {
    return [verdictOf(error, { name: 'order', table }, '')]
  }
}

const hiddenMend =
  'Expected when access rules are meant to hide them; else let the user read them. Counts are an upper bound.'

function countVerdict(
  table: string,
  seen: Exclude<SourceVisibility, 'refused'>,
  { records, total }: TablePage,
): DoctorCheck {
  const subject = { name: 'count', table } as const
  if (total === null) {
    const message = 'The instance does not count (X-Total-Count is missing): hidden records cannot be told.'
    return warn(subject, message, 'Ask what stands between: an instance sends X-Total-Count with every list.')
  }
  const due = Math.min(ROWS, total)
  if (records.length < due) {
    const message = `Of ${due} records asked for ${records.length} came: of the ${total} counted, some are hidden from this user.`
    return warn(subject, message, hiddenMend)
  }
  if (seen === 'whole')
    return good(subject, 'Every record counted among the newest, and in a sample, was shown.')
  if (seen === 'partial')
    return warn(subject, 'Some records are counted and hidden from this user.', hiddenMend)
  const mend =
    'Let the user read every row of the table, or expect records to be missed: a page that was cut looks whole here.'
  return warn(subject, 'Records are hidden, and this instance counts only what it shows.', mend)
}
