/** Looks at the form of records as they arrive, with schemas that are fetched for it; a customised instance never breaks a read by itself. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { incidentSchema, recordSchema } from '../schemas/index.ts'

/** What is done with a record whose form is not the one of ServiceNow: nothing, a warning in the log, an error. */
export type Validation = 'off' | 'warn' | 'error'

/** Rows of a page that are looked at: what is wrong with an answer is wrong with its first rows, and a page of 1,000 stays quick. */
const sample = 25

/** Any part of a record may be left out by a selection or an ACL. */
const schemas = { incident: incidentSchema.partial(), other: recordSchema.partial() }

/**
 * Checks raw rows: ids, stamps, and that cells are texts. Logs `answer.unexpected_form` with the fields and never a value, or throws
 * UnexpectedResponseError (`shape`). Unknown choices and fields of the instance's own always pass.
 */
export function validateRows(
  rows: readonly unknown[],
  table: string,
  { mode, logger, call }: { mode: Validation; logger: Logger; call: CallContext },
): void {
  const schema = table === 'incident' ? schemas.incident : schemas.other
  const faults = rows.slice(0, sample).flatMap((row) => schema.safeParse(row).error?.issues ?? [])
  if (faults.length === 0) return
  const fields = [...new Set(faults.map(({ path }) => path.map(String).join('.')))]
  if (mode === 'warn') {
    logger.warn('answer.unexpected_form', { table, fields })
    return
  }
  throw new UnexpectedResponseError(`Records have an unexpected form: ${fields.join(', ')}.`, 'shape', call, {
    hint: 'Check that nothing between here and the instance changes its answers; validate: "warn" reads them all the same.',
    details: { fields },
  })
}
