/** Writes to one table: what is sent, what the instance dropped of it, and creates that are found again by their key; loaded with the first write. */
import {
  isSnowlineError,
  OutcomeUnknownError,
  PermissionError,
  QueryError,
  type SnowlineError,
  UnexpectedResponseError,
} from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { readResult } from '../http/envelope.ts'
import type { Accepted, Completed, Exchange } from '../http/exchange.ts'
import { checkField } from '../query/text.ts'
import type { FieldInput } from '../tables/fields.ts'
import { encodeField } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'
import { findByKey } from './resolve-create.ts'
import { rawAnswer, recordUrl, tableUrl } from './url.ts'
import type { CallOptions, CreateOptions, DroppedField, UpdateOptions } from './write-options.ts'

/** The table a write goes to. */
export interface WriteTarget {
  exchange: Exchange
  origin: string
  table: string
  kindOf: KindOf
  logger: Logger
}

type Fields = Readonly<Record<string, FieldInput | undefined>>
type Sent = Readonly<Record<string, string>>

/** What a write came to: the record, and the fields that do not show what was sent. */
export interface Written<R> extends Completed<R> {
  dropped: readonly DroppedField[]
  readBackError?: SnowlineError
}

/** POST. With a key it is looked up first, sent only when nothing carries it, and never sent again when its fate is unknown. */
export async function createRecord<R>(
  target: WriteTarget,
  fields: Fields,
  { idempotencyKey, ...options }: CreateOptions,
): Promise<Written<R>> {
  if (idempotencyKey === undefined) {
    return post<R>(target, encodeBody(target, fields), options).catch((error: unknown) => {
      throw isUndecided(error) ? mayBeThere(error) : error
    })
  }
  const sent = encodeBody(target, withKey(fields, idempotencyKey))
  const { exchange, origin, table } = target
  const before = await findByKey(exchange, origin, table, idempotencyKey, options)
  if (before.data.state === 'found') return { ...before, data: before.data.record as R, dropped: [] }
  if (before.data.state === 'hidden') throw hidden(target, idempotencyKey, before.call.transactionId ?? null)
  try {
    return await post<R>(target, sent, { ...options, keyed: true })
  } catch (error) {
    const made = await explain<R>(target, error, idempotencyKey, options)
    return checked(target, sent, made)
  }
}

async function post<R>(
  target: WriteTarget,
  sent: Sent,
  { keyed = false, ...options }: CallOptions & { keyed?: boolean },
): Promise<Written<R>> {
  const call = {
    method: 'POST',
    url: rawAnswer(tableUrl(target.origin, target.table)),
    body: JSON.stringify(sent),
    idempotent: false,
    keyed,
    ...options,
  }
  return checked(target, sent, await target.exchange.run(call, readCreated<R>))
}

/** PATCH; with `readBack` the record is read anew before it is compared. A failure of that reading never hides that the write was carried out. */
export async function updateRecord<R>(
  target: WriteTarget,
  sysId: string,
  fields: Fields,
  { idempotent, readBack = false, ...options }: UpdateOptions,
): Promise<Written<R>> {
  const sent = encodeBody(target, fields)
  const safe = idempotent ?? !Object.keys(sent).some((field) => target.kindOf(field) === 'journal')
  const url = rawAnswer(recordUrl(target.origin, target.table, sysId))
  const call = { method: 'PATCH', url, body: JSON.stringify(sent), idempotent: safe, ...options }
  const written = await target.exchange.run(call, readRecord<R>)
  if (!readBack) return checked(target, sent, written)
  try {
    const read = { method: 'GET', url, idempotent: true, ...options }
    return checked(target, sent, await target.exchange.run(read, readRecord<R>))
  } catch (error) {
    if (options.signal?.aborted || !isSnowlineError(error)) throw error
    target.logger.warn('write.read_back_failed', { table: target.table, code: error.code })
    return { ...checked(target, sent, written), readBackError: error }
  }
}

function encodeBody({ kindOf }: WriteTarget, fields: Fields): Sent {
  if (Object.prototype.toString.call(fields) !== '[object Object]') {
    throw new QueryError('The fields to write are no object.', {
      hint: "Give them by name, for example { short_description: 'x' }.",
    })
  }
  const body: Record<string, string> = Object.create(null)
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) body[checkField(field)] = encodeField(kindOf(field), value, field)
  }
  return body
}

function withKey(fields: Fields, key: string): Fields {
  const { correlation_id: given } = fields
  if (given !== undefined && given !== null && given !== key) {
    throw new QueryError('The idempotency key is kept in correlation_id, which holds another value.', {
      hint: 'Leave correlation_id out, or use its value as the key.',
    })
  }
  return { ...fields, correlation_id: key }
}

function readRecord<R>({ body, call }: Accepted): R {
  return readResult('record', body, call) as R
}

/** A 201 without a body means that the row exists and an ACL hides it (KB3047115); its id may stand in Location. */
function readCreated<R>(accepted: Accepted): R {
  if (accepted.body !== undefined) return readRecord<R>(accepted)
  const sysId = /([0-9a-f]{32})(?:\?|$)/.exec(accepted.answer.headers.get('location') ?? '')?.[1]
  throw new OutcomeUnknownError('The record was accepted, but the answer does not show it.', {
    cause: new UnexpectedResponseError('The answer has no body.', 'empty', accepted.call),
    hint: 'Look the record up; an ACL may hide it from the user who wrote it.',
    details: { ...accepted.call, ...(sysId === undefined ? {} : { sysId }) },
  })
}

/** An instance drops fields it does not know, or this user may not write, with a 2xx: what was sent is compared with what it shows. */
function checked<R>({ kindOf, logger, table }: WriteTarget, sent: Sent, written: Completed<R>): Written<R> {
  const record = written.data as Readonly<Record<string, unknown>>
  const dropped = Object.entries(sent).flatMap(([field, value]): DroppedField[] => {
    // A journal field appends, and always reads empty.
    if (kindOf(field) === 'journal') return []
    const shown = Object.hasOwn(record, field) ? textOf(record[field]) : null
    return shown === value ? [] : [{ field, sent: value, shown }]
  })
  if (dropped.length > 0) {
    logger.warn('write.fields_dropped', { table, fields: dropped.map(({ field }) => field) })
  }
  return { ...written, dropped }
}

function textOf(cell: unknown): string {
  const value = typeof cell === 'object' && cell !== null && 'value' in cell ? cell.value : cell
  return value === null || value === undefined ? '' : String(value)
}

/** Refusals that are given before a row is made; every other 403 may follow an insert whose writer may not read it back (KB2697679). */
const decided: ReadonlySet<string> = new Set([
  'instance.data_policy',
  'instance.business_rule',
  'instance.api_acl',
])

function isUndecided(error: unknown): error is PermissionError {
  return error instanceof PermissionError && !decided.has(error.code)
}

/** What a failed create with a key came to: the record after all, or an error that says what is known of it. */
async function explain<R>(
  target: WriteTarget,
  error: unknown,
  key: string,
  options: CallOptions,
): Promise<Completed<R>> {
  if (error instanceof OutcomeUnknownError) {
    throw new OutcomeUnknownError(error.message, {
      cause: error.cause,
      hint: `Ask client.resolveCreate(key, { table: '${target.table}' }) whether it is there; it never writes.`,
      details: { ...error.details, idempotencyKey: key },
    })
  }
  if (!isUndecided(error)) throw error
  const { exchange, origin, table } = target
  const after = await findByKey(exchange, origin, table, key, options).catch((failure: unknown) => {
    if (isSnowlineError(failure)) return null
    throw failure
  })
  if (after === null) throw mayBeThere(error, key)
  if (after.data.state === 'found') return { ...after, data: after.data.record as R }
  throw after.data.state === 'hidden' ? hidden(target, key, error.call.transactionId ?? null) : error
}

/** The refusal, with the warning that it does not prove what it says. */
function mayBeThere(error: PermissionError, key?: string): PermissionError {
  const { message, code, hint = '', call, status, detail, cause } = error
  const look =
    key === undefined
      ? 'look for it before you create it again, or create with an idempotencyKey'
      : 'ask client.resolveCreate(key) before you create it again'
  return new PermissionError(
    message,
    { ...call, status, detail },
    {
      code,
      cause,
      hint: `${hint.includes('KB2697679') ? 'Check the roles of this user.' : hint} The record may be there all the same (KB2697679): ${look}.`.trim(),
      details: { ...error.details, ...(key === undefined ? {} : { idempotencyKey: key }) },
    },
  )
}

function hidden({ origin, table }: WriteTarget, key: string, transactionId: string | null): PermissionError {
  const call = { method: 'POST', url: tableUrl(origin, table).href, transactionId }
  return new PermissionError(
    'The record was inserted, but this user may not read it.',
    { ...call, status: 403 },
    {
      code: 'instance.inserted_hidden',
      hint: 'Give this user a role that may read what it creates; do not create it again.',
      details: { idempotencyKey: key },
    },
  )
}
