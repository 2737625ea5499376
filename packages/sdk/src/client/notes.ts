/** Notes and comments appended once: found again by a reference at their end, since an instance knows no idempotency key. */
import { OutcomeUnknownError, QueryError } from '../base/errors.ts'
import { readResult } from '../http/envelope.ts'
import type { Completed } from '../http/exchange.ts'
import type { JournalField } from './journal.ts'
import { readJournal } from './journal.ts'
import { rawAnswer, recordUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'
import type { WriteTarget } from './writes.ts'
import { updateRecord } from './writes.ts'

/** How a note is written. Example: `{ idempotencyKey: 'copilot:17' }`. */
export interface NoteOptions extends CallOptions {
  /**
   * Writes the note at most once under this key: a reference made of it ends the text, and is looked for in the journal before the note is
   * sent and after an answer was lost. Without a key a lost answer is OutcomeUnknownError at once.
   */
  idempotencyKey?: string
}

/** Appends a note; gives the record as it is then. */
export async function addNote<R>(
  target: WriteTarget,
  sysId: string,
  field: JournalField,
  text: string,
  { idempotencyKey, ...options }: NoteOptions,
): Promise<Completed<R>> {
  if (typeof text !== 'string' || text.trim() === '') {
    throw new QueryError('A note must hold some text.', {
      hint: 'Leave the call out when there is nothing to say.',
    })
  }
  if (idempotencyKey === undefined) return updateRecord(target, sysId, { [field]: text }, options)
  const reference = await referenceOf(idempotencyKey)
  if (await isWritten(target, sysId, field, reference, options)) return readAgain(target, sysId, options)
  try {
    return await updateRecord(target, sysId, { [field]: `${text}\n${reference}` }, options)
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error
    const written = await isWritten(target, sysId, field, reference, options).catch(() => false)
    if (written) return readAgain(target, sysId, options)
    throw new OutcomeUnknownError(error.message, {
      cause: error.cause,
      hint: 'Call again with the same key after the longest transaction of the instance (five minutes): a note that is there is not written twice.',
      details: { ...error.details, idempotencyKey, reference },
    })
  }
}

/** Short enough not to disturb a reader, long enough to be alone on its record. Example: `[ref:2cf24dba5fb0]`. */
async function referenceOf(key: string): Promise<string> {
  if (typeof key !== 'string' || key === '') {
    throw new QueryError('An idempotency key must not be empty.', {
      hint: 'Name what the note is made of, for example copilot:17, or leave the key out.',
    })
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)))
  const hex = [...digest.subarray(0, 6)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `[ref:${hex}]`
}

/** Looks through the newest 1,000 entries, in the display text too: where the journal table is closed it shows nothing at all. */
async function isWritten(
  { exchange, origin, table }: WriteTarget,
  sysId: string,
  field: JournalField,
  reference: string,
  options: CallOptions,
): Promise<boolean> {
  const asked = { fields: [field], limit: 1000, ...options }
  const { data } = await readJournal(exchange, origin, table, sysId, asked)
  return data.entries.some(({ text }) => text.includes(reference))
}

function readAgain<R>(
  { exchange, origin, table }: WriteTarget,
  sysId: string,
  options: CallOptions,
): Promise<Completed<R>> {
  const url = rawAnswer(recordUrl(origin, table, sysId))
  return exchange.run(
    { method: 'GET', url, idempotent: true, ...options },
    ({ body, call }) => readResult('record', body, call) as R,
  )
}
