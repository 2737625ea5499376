/** The encoded queries of a source: a slice of a table, a few ids, a slice of the deletes. Pure. */
import { QueryError } from '../base/errors.ts'
import type { Slice } from '../model/slice.ts'
import type { PageRequest } from '../ports/source.ts'

/** Where an instance records deletes of audited tables (KB0634666); one entry a deleted record. */
export const FEED = 'sys_audit_delete'

/** The entries of deletes within a slice of their own stamps. */
export function feedQuery(table: string, slice: Slice): string {
  const terms = [`tablename=${table}`, ...windowTerms(slice, 'sys_created_on')]
  return [...terms.filter((term) => term !== ''), ...orderTerms(slice, 'ascending', 'sys_created_on')].join(
    '^',
  )
}

/** The encoded query of one request. The filter follows the window: its `^OR` binds only conditions of its own. */
export function sliceQuery({ slice, order }: PageRequest, filter: string, createdFrom: string): string {
  const terms = [...windowTerms(slice), filter, createdFrom, ...orderTerms(slice, order)]
  return terms.filter((term) => term !== '').join('^')
}

function windowTerms({ from, to, after, prefix }: Slice, field = 'sys_updated_on'): string[] {
  const oneSecond = from !== null && from === to
  const byId = from === null && to === null
  if (!oneSecond && !byId && after !== undefined)
    throw new QueryError('A slice may go on after an id only within one second, or without stamps.', {
      hint: 'Give from and to the same stamp, or null to both.',
    })
  const window = oneSecond
    ? [`${field}=${from}`]
    : [from === null ? '' : `${field}>=${from}`, to === null ? '' : `${field}<=${to}`]
  return [
    ...window,
    after === undefined ? '' : `sys_id>${after}`,
    prefix === undefined ? '' : `sys_idSTARTSWITH${prefix}`,
  ]
}

function orderTerms({ from, to }: Slice, order: PageRequest['order'], field = 'sys_updated_on'): string[] {
  if (order === 'newest') return ['ORDERBYDESCsys_updated_on']
  if (order === 'by_id') return ['ORDERBYsys_id']
  return from !== null && from === to ? ['ORDERBYsys_id'] : [`ORDERBY${field}`, 'ORDERBYsys_id']
}
