/** Domain separation: which records of other domains a user of one domain sees (servicenow.md 1.2, `sysparm_query_no_domain`). */
import type { Principal } from './acl.ts'
import type { Row, TableStore } from './table-store.ts'

/** The domain of everything that belongs to nobody in particular; its id is no sys_id. */
export const GLOBAL = 'global'

/** The role that may cross domains, beside `admin`. */
const CROSSER = 'query_no_domain_table_api'

/** Whether a user may ask across domains. */
export function mayCross({ roles }: Principal): boolean {
  return roles.includes('admin') || roles.includes(CROSSER)
}

/**
 * The test that leaves the records of a user's own domain and of `global`; `undefined` where nothing is left out: a
 * user without a domain, a table without `sys_domain`, or a request that may cross and says so. Unlike access rules it
 * works in the query, so counts know it.
 */
export function domainTest(
  table: TableStore,
  { domain, ...principal }: Principal,
  crossing: boolean,
): ((row: Row) => boolean) | undefined {
  if (domain === undefined || domain === GLOBAL || table.column('sys_domain') === undefined) return undefined
  if (crossing && mayCross({ domain, ...principal })) return undefined
  return (row) => {
    const own = table.read(row, 'sys_domain')
    return own === domain || own === GLOBAL || own === ''
  }
}
