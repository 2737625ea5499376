/** Addresses of tables and records; names and ids are checked before they become part of one. */
import { QueryError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'

/** The address of a table, or of one of its records. */
export function tableUrl(origin: string, table: string, sysId?: string): URL {
  return new URL(`/api/now/table/${table}${sysId === undefined ? '' : `/${checkSysId(sysId)}`}`, origin)
}

/** The address of a table or record whose answer is to hold raw values and plain references. */
export function recordUrl(origin: string, table: string, sysId?: string): URL {
  const url = tableUrl(origin, table, sysId)
  url.searchParams.set('sysparm_display_value', 'false')
  url.searchParams.set('sysparm_exclude_reference_link', 'true')
  return url
}

/** The id, when it is one. Throws QueryError otherwise. */
export function checkSysId(sysId: string): string {
  if (isSysId(sysId)) return sysId
  throw new QueryError('A sys_id has 32 lower-case hexadecimal characters.', {
    hint: 'Look the record up by its number with list().',
  })
}

/** The name, when it may be one of a table. Throws QueryError otherwise. */
export function checkTable(name: string): string {
  if (/^[a-z][a-z0-9_]{0,79}$/.test(name)) return name
  throw new QueryError('A table name is made of lower-case letters, digits and underscores.', {
    details: { table: name.slice(0, 80) },
  })
}
