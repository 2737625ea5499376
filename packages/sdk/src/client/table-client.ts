/** One table of an instance: what may be asked of it. Reading lives here; writing and what few need is loaded when it is first called. */
import type { Logger } from '../base/log.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import type { CustomField, Query, QueryField, Where } from '../query/query.ts'
import { toQuery } from '../query/query.ts'
import type { FieldInput } from '../tables/fields.ts'
import type { KindOf } from '../tables/tables.ts'
import { kindsOf } from '../tables/tables.ts'
import type { Aggregate, AggregateFields, AggregateOptions } from './aggregate.ts'
import type { ApiCall, ExtendedCall } from './api-call.ts'
import { toCall } from './api-call.ts'
import type { ChoiceEntry, ChoiceOptions } from './choices.ts'
import type { JournalOptions, JournalReading } from './journal.ts'
import { planPaging } from './keyset.ts'
import { TableList } from './list.ts'
import type { RowValidator } from './list-plan.ts'
import { planned } from './list-plan.ts'
import type { PageOptions, TablePage } from './page.ts'
import { readPage } from './page.ts'
import type { DisplayValue, ReadOptions, Row, SelectableField } from './selection.ts'
import { checkTable, tableUrl } from './url.ts'
import type { Validation } from './validate.ts'
import type { CallOptions, CreateOptions, UpdateOptions, WriteReport } from './write-options.ts'

/**
 * What a list reads. Example: `{ fields: ['number'], where: { active: true, priority: ['1', '2'] }, pageLimit: 50 }` asks
 * `active=true^priorityIN1,2^ORDERBYsys_id`, 50 records at a time.
 */
export interface ListOptions<R, F extends string, D extends DisplayValue> extends ReadOptions<F, D> {
  /** An object (equality, a list as IN, null as empty), a callback `q => q.field('state').in(['1'])`, or a query; default every row. */
  where?: Where<R>
  /** Follows an order that `where` brings; the list ends the order with `sys_id` itself. */
  orderBy?: readonly { field: QueryField<R>; direction?: 'asc' | 'desc' }[]
  /** Records a request; 1 to 10,000, default 1,000, which keeps a page of whole incidents near 3 MB. */
  pageLimit?: number
  /** Default: by key where the order allows it (none, `sys_id`, `sys_updated_on`), else by offset. */
  paging?: 'keyset' | 'offset'
  /** Resumes where an earlier list of the same instance, table, query and fields stood: `page.cursor`. QueryError for any other. */
  cursor?: string
  /**
   * Ranges of `sys_id` read side by side when the list is iterated; 1 to 16, default 1. Records then come in no order, and pages have
   * no cursor. Needs a list without an order of its own.
   */
  lanes?: number
  /**
   * Default false. True throws UnexpectedResponseError (`shape`) for a row that contradicts `where`, and for a condition on a field that no
   * row of a page shows: an instance drops a condition it does not know in silence. The columns of the conditions are asked for besides
   * `fields`, and not given. Looked at are conditions joined by AND on fields without dots, in their simple comparisons.
   */
  verify?: boolean
}

/** Fields to write. Dates become UTC stamps, `null` clears, `undefined` is left out; journal fields append. */
export type WriteFields<R> = { readonly [K in keyof R & string]?: FieldInput | undefined } & {
  readonly [C in CustomField<R>]?: FieldInput | undefined
}

/**
 * A table. Every method throws the error family; records are raw texts unless a display value is asked for. Each call gives its data when
 * awaited, and its answer by `.withResponse()` or `.asResponse()`.
 *
 * Example: `await sn.table('incident').list({ fields: ['number'], where: { active: true }, pageLimit: 2 })` sends
 * `GET /api/now/table/incident?sysparm_query=active=true^ORDERBYsys_id&sysparm_limit=2&...`.
 */
export interface TableClient<R> {
  readonly name: string
  /** Awaited: the first page. Iterated: every record, each page read when it is needed. */
  list<const F extends SelectableField<R> = never, const D extends DisplayValue = false>(
    options?: ListOptions<R, F, D>,
    call?: CallOptions,
  ): TableList<Row<R, F, D>>
  /** Throws NotFoundError when the record is absent or hidden by an ACL. */
  get<const F extends SelectableField<R> = never, const D extends DisplayValue = false>(
    sysId: string,
    options?: ReadOptions<F, D>,
    call?: CallOptions,
  ): ApiCall<Row<R, F, D>>
  /**
   * POST. Never repeated blindly: throws OutcomeUnknownError when it was sent and nothing proves its fate. With an `idempotencyKey` the
   * instance is asked for it first. `.withResponse()` also tells which fields the instance dropped.
   */
  create(fields: WriteFields<R>, options?: CreateOptions): ExtendedCall<R, WriteReport>
  /** PATCH. Resolves with the record as the instance shows it now; `.withResponse()` tells which fields it dropped in silence. */
  update(sysId: string, fields: WriteFields<R>, options?: UpdateOptions): ExtendedCall<R, WriteReport>
  /**
   * DELETE. Throws NotFoundError when the record is absent or hidden; one that is gone after a lost answer counts as deleted. Throws
   * QueryError for an id that is none, also for a missing one. Example: `await sn.incidents.delete(sysId)` sends `DELETE .../incident/<id>`.
   */
  delete(sysId: string, options?: CallOptions): ApiCall<void>
  /** Rows that match, blind to row ACLs: an upper bound of what `list` gives. */
  count(where?: Where<R>, options?: CallOptions): ApiCall<number>
  /**
   * Counts, averages, sums and extremes, worked out by the instance.
   *
   * Example: `await sn.incidents.aggregate({ count: true, groupBy: ['state'] })` is `[{ group: { state: '1' }, count: 7, ... }]`.
   */
  aggregate<const G extends QueryField<R> = never, const A extends AggregateFields<R> = object>(
    options?: AggregateOptions<R, G> & A,
    call?: CallOptions,
  ): ApiCall<Aggregate<G, A>>
  /**
   * Comments and work notes of a record, newest first; from `sys_journal_field`, or read out of the display text where that table is
   * closed. `.asResponse()` is the answer of the last of its requests. Throws NotFoundError when the record is absent or hidden.
   */
  journal(sysId: string, options?: JournalOptions): ApiCall<JournalReading>
  /**
   * The choices of a field, in their order; from the nearest table of the hierarchy that has any. Kept for five minutes; `.asResponse()` is
   * the answer of `sys_choice` they came in, also when they are remembered. Empty when this user may not read that table.
   */
  choices(field: keyof R & string, options?: ChoiceOptions): ApiCall<readonly ChoiceEntry[]>
  /** One page as it came. */
  page(options: PageOptions): ApiCall<TablePage>
}

/** What a table client is made of. */
export interface TableParts {
  exchange: Exchange
  origin: string
  logger: Logger
  validate: Validation
  choices(table: string, field: string, options: ChoiceOptions): Promise<Completed<readonly ChoiceEntry[]>>
}

const defaultPageLimit = 1000

export function createTableClient<R>(parts: TableParts, name: string): TableClient<R> {
  const { exchange, origin } = parts
  const kindOf = kindsOf(checkTable(name))
  const page = (options: PageOptions) => readPage(exchange, tableUrl(origin, name), options)
  const target = { ...parts, table: name, kindOf }
  const writes = () => import('./writes.ts')
  const single = () => import('./single.ts')
  const validator = validatorOf(parts, name, kindOf)
  /** Display values have no form to look at. */
  const validatorFor = (displayValue: DisplayValue = false) => (displayValue === false ? validator : null)
  const plan = { page, call: { method: 'GET', url: tableUrl(origin, name).href } }
  return {
    name,
    page: (options) => toCall(page(options)),
    list: (options = {}, call = {}) =>
      new TableList(
        planned(() => ({
          ...plan,
          ...planOf<R>(options, kindOf),
          validate: validatorFor(options.displayValue),
          signal: call.signal,
        })),
      ),
    get: <F extends string, D extends DisplayValue>(
      sysId: string,
      options: ReadOptions<F, D> = {},
      call: CallOptions = {},
    ) => {
      const read = async () =>
        (await single()).getRecord<Row<R, F, D>>(
          target,
          sysId,
          options,
          call,
          validatorFor(options.displayValue),
        )
      return toCall(read())
    },
    create: (fields, options = {}) =>
      toCall(
        writes().then(({ createRecord }) => createRecord<R>(target, fields, options)),
        reportOf,
      ),
    update: (sysId, fields, options = {}) =>
      toCall(
        writes().then(({ updateRecord }) => updateRecord<R>(target, sysId, fields, options)),
        reportOf,
      ),
    delete: (sysId, options = {}) =>
      toCall(import('./delete-at.ts').then(({ deleteRecord }) => deleteRecord(target, sysId, options))),
    count: (where, options = {}) =>
      toCall(single().then(({ countRows }) => countRows(page, toQuery<R>(where, kindOf), options))),
    aggregate: (options, call = {}) =>
      toCall(
        import('./aggregate.ts').then(({ readAggregate }) => readAggregate(target, options ?? {}, call)),
      ),
    journal: (sysId, options = {}) =>
      toCall(
        import('./journal.ts').then(({ readJournal }) => readJournal(exchange, origin, name, sysId, options)),
      ),
    choices: (field, options = {}) => toCall(parts.choices(name, field, options)),
  }
}

/** What a list's options say. */
function planOf<R>(options: ListOptions<R, SelectableField<R>, DisplayValue>, kindOf: KindOf) {
  const { where, order } = ordered(toQuery<R>(options.where, kindOf), options.orderBy)
  return {
    paging: planPaging(order, options.paging),
    where,
    fields: options.fields,
    displayValue: options.displayValue ?? false,
    pageLimit: options.pageLimit ?? defaultPageLimit,
    cursor: options.cursor,
    lanes: options.lanes ?? 1,
    verify: options.verify ?? false,
  }
}

function reportOf(completed: object): WriteReport {
  const { dropped = [], readBackError } = completed as Partial<WriteReport>
  return { dropped, ...(readBackError === undefined ? {} : { readBackError }) }
}

function validatorOf(
  { validate: mode, logger }: TableParts,
  table: string,
  kindOf: KindOf,
): RowValidator | null {
  if (mode === 'off') return null
  return async (rows, call) => {
    const { validateRows } = await import('./validate.ts')
    validateRows(rows, table, { mode, logger, call, kindOf })
  }
}

function ordered<R>(query: Query<R>, orderBy: ListOptions<R, never, false>['orderBy'] = []): Query<R> {
  return orderBy.reduce((sorted, { field, direction }) => {
    return direction === 'desc' ? sorted.orderByDesc(field) : sorted.orderBy(field)
  }, query)
}
