/** Addresses of tables and records; names and ids are checked before they become part of one. */
import { QueryError } from '../base/errors.ts'
import { isSysId } from '../base/values.ts'

/** The address of a table. */
export function tableUrl(origin: string, table: string): URL {
  return new URL(`/api/now/table/${table}`, origin)
}

/** The address of a record. Throws QueryError for an id that is none, and for one that is missing: that address would be the table's. */
export function recordUrl(origin: string, table: string, sysId: string): URL {
  return new URL(`/api/now/table/${table}/${checkSysId(sysId)}`, origin)
}

/** The same address, asking for raw values and plain references in the answer. */
export function rawAnswer(url: URL): URL {
  url.searchParams.set('sysparm_display_value', 'false')
  url.searchParams.set('sysparm_exclude_reference_link', 'true')
  return url
}

/** The id, when it is one: 32 lower-case hexadecimal characters, or the word `global` (a group's). Throws QueryError otherwise. */
export function checkSysId(sysId: string): string {
  if (isRecordId(sysId)) return sysId
  throw new QueryError('A sys_id has 32 lower-case hexadecimal characters.', {
    hint: 'Look the record up by its number with list().',
  })
}

/** True for every id a record of an instance may have; the group of the global domain has a word for one. */
export function isRecordId(value: unknown): boolean {
  return isSysId(value) || value === 'global'
}

/** The name, when it may be one of a table. Throws QueryError otherwise. */
export function checkTable(name: string): string {
  if (typeof name === 'string' && /^[a-z][a-z0-9_]{0,79}$/.test(name)) return name
  throw new QueryError('A table name is made of lower-case letters, digits and underscores.', {
    hint: 'Use its name, for example incident or u_asset, not its label.',
    details: { table: String(name).slice(0, 80) },
  })
}
