/** Whom the doctor examines: the part of a client it uses, and how an error of a call becomes a verdict. */
import type { SnowlineError } from '../base/errors.ts'
import { isSnowlineError, PermissionError } from '../base/errors.ts'
import type { PageOptions, TablePage } from '../client/page.ts'
import { messageOf } from './cause.ts'
import type { CheckStatus, DoctorCheck, Subject } from './check.ts'

/** One table, as any `TableClient` offers it. */
export interface PatientTable {
  page(options: PageOptions): Promise<TablePage>
  create(
    fields: Readonly<Record<string, string>>,
    options?: { signal?: AbortSignal; idempotencyKey?: string },
  ): Promise<unknown>
  update(
    sysId: string,
    fields: Readonly<Record<string, string>>,
    options?: { signal?: AbortSignal },
  ): Promise<unknown>
  delete(sysId: string, options?: { signal?: AbortSignal }): Promise<void>
}

/** What is examined. `now` is the clock of this machine, in milliseconds since 1970. */
export interface Patient {
  readonly origin: string
  table(name: string): PatientTable
  now(): number
}

/** The patient, and the signal that ends the examination. */
export interface Examination {
  patient: Patient
  signal: AbortSignal | undefined
}

/** One page of a table for a check. */
export function ask(
  { patient, signal }: Examination,
  table: string,
  options: Omit<PageOptions, 'signal'>,
): Promise<TablePage> {
  return patient.table(table).page({ ...options, ...(signal === undefined ? {} : { signal }) })
}

/** The verdict on a call that failed: what the error says, with its hint as the mend where none is given. What is no error of ours is thrown on. */
export function verdictOf(
  error: unknown,
  subject: Subject,
  mend: string,
  status: CheckStatus = 'fail',
): DoctorCheck {
  const known = oursOnly(error)
  return { ...subject, status, message: messageOf(known), mend: mendOf(known, mend) }
}

/** A mend that gives a right helps only where a right was missing; `''` for another error, whose own hint says more. */
export function rightsMend(error: unknown, mend: string): string {
  return error instanceof PermissionError ? mend : ''
}

/** The error when it is one of ours; anything else, an abort too, is thrown on. */
export function oursOnly(error: unknown): SnowlineError {
  if (!isSnowlineError(error)) throw error
  return error
}

function mendOf({ hint, retryable }: SnowlineError, mend: string): string {
  const again = retryable ? ' It may pass by itself: examine again.' : ''
  return `${mend === '' ? (hint ?? 'See the error.') : mend}${again}`
}

/** A cell as text, whatever form it came in. */
export function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell
  if (typeof cell !== 'object' || cell === null || !('value' in cell)) return ''
  return typeof cell.value === 'string' ? cell.value : ''
}

/** The display form of a cell. */
export function displayOf(cell: unknown): string {
  if (typeof cell === 'string') return cell
  if (typeof cell !== 'object' || cell === null || !('display_value' in cell)) return ''
  return typeof cell.display_value === 'string' ? cell.display_value : ''
}
