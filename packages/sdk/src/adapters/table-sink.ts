/** Joins the client to the push's sink port: every answer and every error is reduced to what it proves about the write. */
import {
  AuthenticationError,
  InstanceError,
  isSnowlineError,
  NotFoundError,
  OutcomeUnknownError,
  PermissionError,
  QueryError,
  type SnowlineError,
} from '../base/errors.ts'
import { fateOf } from '../base/retry.ts'
import type { SysId } from '../base/values.ts'
import { isSysId } from '../base/values.ts'
import { keyQuery, rowsOfKey } from '../client/create-key.ts'
import type { PageOptions, TablePage } from '../client/page.ts'
import type { OutboxFault } from '../model/outbox-entry.ts'
import type { SourceRecord } from '../model/source-record.ts'
import type { SinkAnswer, SinkCall, SinkReading, TableSink } from '../ports/sink.ts'
import { escapeCaret } from '../query/text.ts'

interface WritableTable {
  page(options: PageOptions): Promise<TablePage>
  get(sysId: string, options?: object, call?: { signal?: AbortSignal }): Promise<unknown>
  create(fields: Record<string, string>, options?: { signal?: AbortSignal }): Promise<unknown>
  update(
    sysId: string,
    fields: Record<string, string>,
    options?: { signal?: AbortSignal; idempotent?: boolean },
  ): Promise<unknown>
}

/** The part of a client a sink needs: of any `Client<T>`. */
export interface RecordWriter {
  table(name: string): WritableTable
}

/** Incidents that may carry one key before it counts as a fault of the instance. */
const LOOK_UP_LIMIT = 3

/**
 * A sink over one table. Writes are sent once: an uncertain one is never repeated here, because only the outbox knows how long to wait.
 *
 * @example createPushEngine({ outbox, sink: tableSink(client, 'incident') })
 */
export function tableSink(client: RecordWriter, table: string): TableSink {
  const records = client.table(table)
  const journal = client.table('sys_journal_field')
  return {
    create: (fields, call) =>
      answer(
        async () => {
          demandKey(fields.correlation_id)
          return records.create({ ...fields }, { signal: limit(call) })
        },
        (code) => !beforeInsert.has(code),
      ),
    update: (sysId, fields, call) =>
      // Even a write that could be repeated is not: a late twin of it could undo what was written after it.
      answer(() => records.update(sysId, { ...fields }, { signal: limit(call), idempotent: false })),
    read: (sysId, call) =>
      reading(async () => toRecord(await records.get(sysId, {}, { signal: limit(call) }))),
    findByKey: (key, call) =>
      reading(async () => {
        const page = await records.page({ query: keyQuery(key), limit: LOOK_UP_LIMIT, signal: limit(call) })
        const rows = rowsOfKey(page.records.map(toRecord), key)
        if (rows === null || (rows.length === 0 && page.records.length === LOOK_UP_LIMIT))
          throw strangers(table)
        return rows
      }),
    hasNote: (sysId, reference, call) => hasNote(journal, sysId, reference, call),
  }
}

/** Reads the journal of one record; the structured table, because the record's own field is always empty. */
function hasNote(
  journal: WritableTable,
  sysId: SysId,
  reference: string,
  call: SinkCall,
): Promise<SinkReading<boolean>> {
  return reading(async () => {
    const query = `element_id=${sysId}^valueLIKE${escapeCaret(reference)}^ORDERBYsys_id`
    const page = await journal.page({ query, limit: 10, signal: limit(call) })
    return page.records.some((row) => row.element_id === sysId && String(row.value).includes(reference))
  })
}

/** Refusals given before a row is made: any other 403 of a create may follow an insert whose writer may not read it back (KB2697679). */
const beforeInsert: ReadonlySet<string> = new Set([
  'instance.data_policy',
  'instance.business_rule',
  'instance.api_acl',
])

/** What could not be looked up afterwards is never sent: throws QueryError. */
function demandKey(key: string | undefined): void {
  if (key !== undefined && key !== '') keyQuery(key)
}

async function answer(
  send: () => Promise<unknown>,
  undecided: (code: string) => boolean = (code) => code === 'instance.forbidden',
): Promise<SinkAnswer> {
  try {
    return { type: 'accepted', record: toRecord(await send()) }
  } catch (error) {
    return proves(error, undecided)
  }
}

async function reading<T>(ask: () => Promise<T>): Promise<SinkReading<T>> {
  try {
    return { type: 'read', value: await ask() }
  } catch (error) {
    const fault = toFault(error)
    if (error instanceof AuthenticationError) return { type: 'unauthorised', fault }
    if (error instanceof NotFoundError) return { type: 'gone', fault }
    return { type: 'failed', retryAfterMs: retryAfter(error), fault }
  }
}

/** What an error proves about a write. Whatever is not surely one of the others is unknown. */
function proves(error: unknown, undecided: (code: string) => boolean): SinkAnswer {
  const fault = toFault(error)
  if (error instanceof OutcomeUnknownError || !isSnowlineError(error)) return { type: 'unknown', fault }
  if (error instanceof AuthenticationError) return { type: 'unauthorised', fault }
  if (error instanceof PermissionError) {
    return { type: undecided(error.code) ? 'forbidden' : 'refused', fault }
  }
  // Thrown before anything is sent.
  if (error instanceof QueryError) return { type: 'refused', fault }
  const fate = fateOf(error)
  if (fate === 'not_sent' || fate === 'rate_limited' || fate === 'dropped') {
    return { type: 'notSent', retryAfterMs: retryAfter(error), fault }
  }
  return { type: fate === 'final' && error instanceof InstanceError ? 'refused' : 'unknown', fault }
}

function toFault(error: unknown): OutboxFault {
  if (!isSnowlineError(error)) return { code: 'push.no_answer', message: 'No answer came in time' }
  const root: SnowlineError =
    error instanceof OutcomeUnknownError && isSnowlineError(error.cause) ? error.cause : error
  const { code, message, hint, details } = root
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(typeof details.status === 'number' ? { status: details.status } : {}),
    ...(typeof details.transactionId === 'string' ? { transactionId: details.transactionId } : {}),
  }
}

function retryAfter(error: unknown): number | null {
  const value = isSnowlineError(error) ? error.details.retryAfterMs : null
  return typeof value === 'number' ? value : null
}

function limit({ timeoutMs, signal }: SinkCall): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  return signal === undefined ? timeout : AbortSignal.any([timeout, signal])
}

/** Rows without the key mean that the instance dropped the condition: nothing is proven by them. */
function strangers(table: string): Error {
  return new Error(`A look-up by correlation_id in ${table} returned records with another key`)
}

function toRecord(row: unknown): SourceRecord {
  const record: Record<string, string> = {}
  for (const [field, value] of Object.entries(row ?? {}))
    record[field] = typeof value === 'string' ? value : ''
  if (!isSysId(record.sys_id)) throw new OutcomeUnknownError('The answer does not show the record')
  return record as unknown as SourceRecord
}
