/** The parts of a client beside its tables: light doors, behind which the work is loaded when it is first asked for. */
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import type { Where } from '../query/query.ts'
import { toQuery } from '../query/query.ts'
import type { GroupRecord } from '../tables/group.ts'
import { kindsOf } from '../tables/tables.ts'
import type { UserRecord } from '../tables/user.ts'
import type { ApiCall } from './api-call.ts'
import { toCall } from './api-call.ts'
import type { AttachmentRecord, Download, TransferOptions, Upload } from './attachments.ts'
import type { ChoiceEntry, ChoiceOptions, ChoiceReader } from './choices.ts'
import type { Directory, GroupKey, LookUp, UserKey } from './directory.ts'
import type { JournalField } from './journal.ts'
import { planPaging } from './keyset.ts'
import { TableList } from './list.ts'
import { planned } from './list-plan.ts'
import type { NoteOptions } from './notes.ts'
import type { CallOptions } from './write-options.ts'

/** What the doors lead to. */
export interface SubClientParts {
  exchange: Exchange
  origin: string
  clock: Clock
  logger: Logger
}

/** Which attachments are listed; all of the instance when nothing is said. Example: `{ table: 'incident', sysId }`. */
export interface AttachmentListOptions {
  /** With `sysId`: the attachments of one record. */
  table?: string
  /** The record they are at. */
  sysId?: string
  /** Conditions on fields of `sys_attachment`. */
  where?: Where<AttachmentRecord>
  /** Attachments a request; 1 to 10,000, default 1,000, the API's own. */
  pageLimit?: number
}

/** Files at records. */
export interface AttachmentClient {
  /** Awaited: the first page. Iterated: every attachment. Example: `sn.attachments.list({ table: 'incident', sysId })`. */
  list(options?: AttachmentListOptions, call?: CallOptions): TableList<AttachmentRecord>
  get(sysId: string, options?: CallOptions): ApiCall<AttachmentRecord>
  /** The file as a stream of bytes. Example: `const { stream } = await sn.attachments.download(sysId)`. */
  download(sysId: string, options?: TransferOptions): ApiCall<Download>
  /** Adds a file to a record. Example: `await sn.attachments.upload({ table: 'incident', sysId, fileName: 'log.txt', contentType: 'text/plain', body: 'hello' })`. */
  upload(upload: Upload, options?: TransferOptions): ApiCall<AttachmentRecord>
  delete(sysId: string, options?: CallOptions): ApiCall<void>
}

/** People: found by what is known of them, remembered for five minutes. */
export interface UserDirectory {
  /**
   * The one active user with this e-mail, user name or full name. `asResponse()` of a remembered look-up is the answer it once came in.
   * Throws QueryError unless exactly one key is given.
   *
   * Example: `(await sn.users.find({ email: 'abel.tuter@example.com' })).record?.sys_id`.
   */
  find(key: UserKey, options?: CallOptions): ApiCall<LookUp<UserRecord>>
}

/** Groups: found by name or e-mail, remembered for five minutes. */
export interface GroupDirectory {
  /**
   * The one active group with this name or e-mail. `asResponse()` of a remembered look-up is the answer it once came in. Throws QueryError
   * unless exactly one key is given.
   *
   * Example: `(await sn.groups.find({ name: 'Service Desk' })).matches` is 1, or 0, or 2 for several.
   */
  find(key: GroupKey, options?: CallOptions): ApiCall<LookUp<GroupRecord>>
}

/** What incidents can beside what every table can. */
export interface NoteWriter<R> {
  /** Appends a work note, which only agents see. Example: `await sn.incidents.addWorkNote(sysId, 'Restart the spooler', { idempotencyKey: 'copilot:17' })`. */
  addWorkNote(sysId: string, text: string, options?: NoteOptions): ApiCall<R>
  /** Appends a comment, which the caller sees too. */
  addComment(sysId: string, text: string, options?: NoteOptions): ApiCall<R>
}

export function attachmentClient({ exchange, origin }: SubClientParts): AttachmentClient {
  const load = () => import('./attachments.ts')
  return {
    list: (options = {}, { signal } = {}) =>
      new TableList<AttachmentRecord>(
        planned(() => ({
          ...scopeOf(options),
          page: async (asked) => (await load()).attachmentPage(exchange, origin, asked),
          call: { method: 'GET', url: `${origin}/api/now/attachment` },
          fields: undefined,
          displayValue: false,
          cursor: undefined,
          lanes: 1,
          verify: true,
          validate: null,
          signal,
        })),
      ),
    get: (sysId, options = {}) =>
      toCall(load().then(({ getAttachment }) => getAttachment(exchange, origin, sysId, options))),
    download: (sysId, options = {}) =>
      toCall(load().then(({ downloadAttachment }) => downloadAttachment(exchange, origin, sysId, options))),
    upload: (upload, options = {}) =>
      toCall(load().then(({ uploadAttachment }) => uploadAttachment(exchange, origin, upload, options))),
    delete: (sysId, options = {}) =>
      toCall(load().then(({ deleteAttachment }) => deleteAttachment(exchange, origin, sysId, options))),
  }
}

function scopeOf({ table, sysId, where, pageLimit = 1000 }: AttachmentListOptions) {
  const scope = {
    ...(table === undefined ? {} : { table_name: table }),
    ...(sysId === undefined ? {} : { table_sys_id: sysId }),
  }
  const asked = toQuery<AttachmentRecord>(where, kindsOf('sys_attachment')).matching(scope)
  return { where: asked.where, paging: planPaging(asked.order, undefined), pageLimit }
}

/** One directory behind both doors. */
export function directories({ exchange, origin, clock }: SubClientParts): {
  users: UserDirectory
  groups: GroupDirectory
} {
  let opened: Promise<Directory> | undefined
  const open = () => {
    opened ??= import('./directory.ts').then(({ createDirectory }) =>
      createDirectory(exchange, origin, clock),
    )
    return opened
  }
  return {
    users: { find: (key, options = {}) => toCall(open().then((directory) => directory.user(key, options))) },
    groups: {
      find: (key, options = {}) => toCall(open().then((directory) => directory.group(key, options))),
    },
  }
}

export function choiceDoor({
  exchange,
  origin,
  clock,
}: SubClientParts): (
  table: string,
  field: string,
  options: ChoiceOptions,
) => Promise<Completed<readonly ChoiceEntry[]>> {
  let opened: Promise<ChoiceReader> | undefined
  return async (table, field, options) => {
    opened ??= import('./choices.ts').then(({ createChoiceReader }) =>
      createChoiceReader(exchange, origin, clock),
    )
    return (await opened)(table, field, options)
  }
}

export function noteWriter<R>({ exchange, origin, logger }: SubClientParts, table: string): NoteWriter<R> {
  const target = { exchange, origin, table, logger, kindOf: kindsOf(table) }
  const add = (field: JournalField, sysId: string, text: string, options: NoteOptions) =>
    toCall(import('./notes.ts').then(({ addNote }) => addNote<R>(target, sysId, field, text, options)))
  return {
    addWorkNote: (sysId, text, options = {}) => add('work_notes', sysId, text, options),
    addComment: (sysId, text, options = {}) => add('comments', sysId, text, options),
  }
}
