/** Joins the client to the push's sink port: every answer and every error is reduced to what it proves about the write. */
import { OutcomeUnknownError } from '../base/errors.ts'
import type { SysId } from '../base/values.ts'
import { isSysId } from '../base/values.ts'
import { keyQuery, rowsOfKey } from '../client/create-key.ts'
import type { PageOptions, TablePage } from '../client/page.ts'
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
      answer('create', async () => {
        demandKey(fields.correlation_id)
        return records.create({ ...fields }, { signal: limit(call) })
      }),
    update: (sysId, fields, call) =>
      // Even a write that could be repeated is not: a late twin of it could undo what was written after it.
      answer('update', () =>
        records.update(sysId, { ...fields }, { signal: limit(call), idempotent: false }),
      ),
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

/** What could not be looked up afterwards is never sent: throws QueryError. */
function demandKey(key: string | undefined): void {
  if (key !== undefined && key !== '') keyQuery(key)
}

async function answer(verb: 'create' | 'update', send: () => Promise<unknown>): Promise<SinkAnswer> {
  try {
    return { type: 'accepted', record: toRecord(await send()) }
  } catch (error) {
    return (await proofs()).answerOf(error, verb)
  }
}

async function reading<T>(ask: () => Promise<T>): Promise<SinkReading<T>> {
  try {
    return { type: 'read', value: await ask() }
  } catch (error) {
    return (await proofs()).readingOf(error)
  }
}

/** What errors prove, fetched with the first one. */
const proofs = () => import('./sink-proof.ts')

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
