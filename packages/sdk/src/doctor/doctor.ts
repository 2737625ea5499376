/** The doctor: ordered checks of an instance, its user and some tables, each with what to do about it. */
import { codeOf } from './cause.ts'
import { type DoctorCheck, type DoctorReport, warn } from './check.ts'
import type { Examination, Patient } from './patient.ts'
import { checkAnswer, checkUrl, checkZone } from './reach.ts'
import { checkDeletes, checkJournal } from './side-tables.ts'
import { examineTable } from './table-checks.ts'
import { checkWrite } from './writing.ts'

export interface DoctorOptions {
  /** Default `['incident']`. */
  tables?: readonly string[]
  /** The fields you are going to ask for, by table; default: those known of incidents, users and groups. */
  fields?: Readonly<Record<string, readonly string[]>>
  /** Default false. True makes a record in each table, changes it and deletes it again; rules of the instance may tell people of it. */
  write?: boolean
  /** The checks `dns` and `tls`, which need Node: `networkChecks` of `@snowline/sdk/node`. */
  network?: (origin: string, signal?: AbortSignal) => Promise<DoctorCheck[]>
  signal?: AbortSignal
}

/**
 * Examines and never throws what an instance does: a fault is a check with `status: 'fail'`, a table or field that is no name too. Only a
 * signal's own reason is thrown. About ten requests for one table.
 */
export async function examine(patient: Patient, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { tables = ['incident'], signal } = options
  const examination: Examination = { patient, signal }
  const checks: DoctorCheck[] = [checkUrl(examination)]
  checks.push(...(await checkNetwork(patient.origin, options)))
  const first = tables[0] ?? 'incident'
  if (!failed(checks)) {
    const { checks: answers, reached } = await checkAnswer(examination, first)
    checks.push(...answers)
    if (reached) {
      checks.push(...(await checkZone(examination, first)))
      for (const table of new Set(tables)) checks.push(...(await examineOne(examination, table, options)))
    }
  }
  return { origin: patient.origin, ok: !failed(checks), checks }
}

/** What the caller's own checks say; one that throws is a warning, since requests may get through all the same. */
async function checkNetwork(
  origin: string,
  { network, signal }: Pick<DoctorOptions, 'network' | 'signal'>,
): Promise<DoctorCheck[]> {
  try {
    return (await network?.(origin, signal)) ?? []
  } catch (error) {
    signal?.throwIfAborted()
    const code = codeOf(error)
    const message = `The checks of the network threw an error${code === '' ? '' : ` (${code})`}.`
    return [warn({ name: 'dns' }, message, 'Look at the function given as network; it should throw nothing.')]
  }
}

async function examineOne(
  examination: Examination,
  table: string,
  { fields, write }: DoctorOptions,
): Promise<DoctorCheck[]> {
  const { checks, readable } = await examineTable(examination, table, fields?.[table])
  if (!readable) return checks
  checks.push(await checkDeletes(examination, table), await checkJournal(examination, table))
  if (write) checks.push(await checkWrite(examination, table))
  return checks
}

function failed(checks: readonly DoctorCheck[]): boolean {
  return checks.some(({ status }) => status === 'fail')
}
