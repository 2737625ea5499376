/** What is wrong with the options of a list; loaded when something is. */
import type { CallContext } from '../base/errors.ts'
import { QueryError, UnexpectedResponseError } from '../base/errors.ts'
import type { ListPlan } from './list-plan.ts'
import { isWhole, maxLanes, maxPageLimit } from './list-plan.ts'

/** The QueryError of the first option that cannot be; when none is at fault, it is the limit of toArray(). */
export function listFault({ pageLimit, lanes, fields, paging, cursor }: ListPlan): QueryError {
  if (fields?.length === 0) return emptySelection()
  if (!isWhole(pageLimit, maxPageLimit)) {
    return new QueryError(`pageLimit must be a whole number from 1 to ${maxPageLimit}.`, {
      hint: 'Correct pageLimit, or leave it out for its default of 1,000.',
      details: { option: 'pageLimit' },
    })
  }
  if (!isWhole(lanes, maxLanes)) {
    return new QueryError(`lanes must be a whole number from 1 to ${maxLanes}.`, {
      hint: 'Correct lanes, or leave it out to read one page after the other.',
      details: { option: 'lanes' },
    })
  }
  if (lanes > 1 && (paging.kind !== 'keyset' || paging.byStamp || cursor !== undefined)) {
    return new QueryError(
      'A list is read in lanes only without an order of its own, by key and from its start.',
      { hint: 'Leave orderBy, paging and cursor out.', details: { option: 'lanes' } },
    )
  }
  return new QueryError('toArray() needs a limit: a whole number of at least 1.', {
    hint: 'Say how many records it may hold at most, for example toArray({ limit: 1000 }).',
    details: { option: 'limit' },
  })
}

/** A selection of nothing. */
export function emptySelection(): QueryError {
  return new QueryError('The list of fields is empty.', {
    hint: 'Leave fields out to get all of them, or name at least one.',
    details: { option: 'fields' },
  })
}

/** Pages without rows that never end. */
export function endless(call: CallContext, pages: number): UnexpectedResponseError {
  return new UnexpectedResponseError(
    `More than ${pages} pages in a row were empty although the instance says that there are more.`,
    'shape',
    call,
    { hint: 'The user probably may not read this table: check its row ACLs.' },
  )
}
