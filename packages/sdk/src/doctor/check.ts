/** What the doctor says: one check with its verdict and its mend, and the report they make. */

/**
 * In the order they are made. `url`, `dns`, `tls`, `answer`, `auth`, `clock` and `zone` speak of the instance and its user, the others of
 * one table. `dns` and `tls` need Node (`@snowline/sdk/node`), `write` must be asked for.
 */
export type CheckName =
  | 'url'
  | 'dns'
  | 'tls'
  | 'answer'
  | 'auth'
  | 'clock'
  | 'zone'
  | 'read'
  | 'fields'
  | 'order'
  | 'count'
  | 'deletes'
  | 'journal'
  | 'write'

/** `warn`: it works, and something will surprise you. `fail`: it does not work. */
export type CheckStatus = 'ok' | 'warn' | 'fail'

export interface DoctorCheck {
  name: CheckName
  /** Of the checks that speak of one table. */
  table?: string
  status: CheckStatus
  /** What was seen, in one sentence; no secret, no content of a record. */
  message: string
  /** What to do about it; absent when `ok`. */
  mend?: string
}

export interface DoctorReport {
  origin: string
  /** True when nothing failed; warnings are allowed. */
  ok: boolean
  /** In the order they were made. A check that rests on one that failed was not made and is not here. */
  checks: DoctorCheck[]
}

/** Which check speaks; `table` for those of one table. */
export interface Subject {
  name: CheckName
  table?: string
}

export function good(subject: Subject, message: string): DoctorCheck {
  return { ...subject, status: 'ok', message }
}

export function warn(subject: Subject, message: string, mend: string): DoctorCheck {
  return { ...subject, status: 'warn', message, mend }
}

export function bad(subject: Subject, message: string, mend: string): DoctorCheck {
  return { ...subject, status: 'fail', message, mend }
}
