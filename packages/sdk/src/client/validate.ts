/** Looks at the form of records as they arrive, by the kinds of their fields; a customised instance never breaks a read by itself. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { FieldKind } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'
import { isRecordId } from './url.ts'

/**
 * What is done with a record whose form is not the one of ServiceNow: nothing, a warning in the log, an error. Looked at are the first 25
 * rows of each page of a list, and each record of get(), as far as they are read raw; what a write answers is not.
 */
export type Validation = 'off' | 'warn' | 'error'

/** Rows of a page that are looked at: what is wrong with an answer is wrong with its first rows, and a page of 1,000 stays quick. */
const sample = 25

const STAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/** Forms that are more than a text; an empty cell is `''` for all of them. */
const forms: Partial<Record<FieldKind, (text: string) => boolean>> = {
  datetime: (text) => STAMP.test(text),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  integer: (text) => /^-?\d+$/.test(text),
  boolean: (text) => text === 'true' || text === 'false',
}

/**
 * Checks the first 25 raw rows: ids, stamps, numbers and booleans of known fields and of those every table has, and that all other cells
 * are texts or references. Logs `answer.unexpected_form` with the fields and never a value, or
 * throws UnexpectedResponseError (`shape`). Unknown choices and fields of the instance's own always pass.
 */
export function validateRows(
  rows: readonly unknown[],
  table: string,
  { mode, logger, call, kindOf }: { mode: Validation; logger: Logger; call: CallContext; kindOf: KindOf },
): void {
  const fields = [...new Set(rows.slice(0, sample).flatMap((row) => faultsOf(row, kindOf)))]
  if (fields.length === 0) return
  if (mode === 'warn') {
    logger.warn('answer.unexpected_form', { table, fields })
    return
  }
  throw new UnexpectedResponseError(`Records have an unexpected form: ${fields.join(', ')}.`, 'shape', call, {
    hint: 'Check that nothing between here and the instance changes its answers; validate: "warn" reads them all the same.',
    details: { fields },
  })
}

/** The fields whose cells have no form of their kind. A field may be absent: by a selection, or by an ACL. */
function faultsOf(row: unknown, kindOf: KindOf): string[] {
  return Object.entries(row ?? {})
    .filter(([field, cell]) => !fits(cell, field === 'sys_id' ? 'id' : kindOf(field)))
    .map(([field]) => field)
}

function fits(cell: unknown, kind: FieldKind | undefined): boolean {
  if (kind === undefined) return typeof valueIn(cell) === 'string'
  if (kind === 'id') return isRecordId(cell)
  if (kind === 'reference') return typeof valueIn(cell) === 'string'
  if (typeof cell !== 'string') return false
  return cell === '' || (forms[kind]?.(cell) ?? true)
}

/** A reference comes as `{ link, value }` where links are not excluded. */
function valueIn(cell: unknown): unknown {
  return typeof cell === 'object' && cell !== null && 'value' in cell ? cell.value : cell
}
