/** The tables known without generated types, by name: their records for the types, their fields for the values. */
import { systemFields } from './define-table.ts'
import type { FieldKind } from './fields.ts'
import type { GroupRecord } from './group.ts'
import { groupTable } from './group.ts'
import type { IncidentRecord } from './incident.ts'
import { incidentTable } from './incident.ts'
import type { UserRecord } from './user.ts'
import { userTable } from './user.ts'

/** Record types by table name: the default of `createClient`; generated types take its place. */
export interface Tables {
  incident: IncidentRecord
  sys_user: UserRecord
  sys_user_group: GroupRecord
}

/** A record of a table that has no type: every field reads as a text. */
export type GenericRecord = { [field: string]: string }

/** Says the kind of a field, `undefined` for one that is not known. */
export type KindOf = (field: string) => FieldKind | undefined

const definitions = new Map([incidentTable, userTable, groupTable].map((table) => [table.name, table]))
const journalNames: ReadonlySet<string> = new Set(['comments', 'work_notes', 'comments_and_work_notes'])

/**
 * The kinds of a table's fields, as far as they are known: those of `incident`, `sys_user` and `sys_user_group`, and on any table the
 * stamps and ids every one has and the usual names of journal fields. Example: `kindsOf('u_asset')('sys_updated_on')` is `'datetime'`,
 * `kindsOf('u_asset')('u_tag')` is `undefined`.
 */
export function kindsOf(table: string): KindOf {
  const fields: Readonly<Record<string, FieldKind>> = definitions.get(table)?.fields ?? {}
  return (field) => {
    if (Object.hasOwn(fields, field)) return fields[field]
    if (Object.hasOwn(systemFields, field)) return systemFields[field as keyof typeof systemFields]
    return journalNames.has(field) ? 'journal' : undefined
  }
}

/** The fields known of a table without generated types; none for a table that is not known. */
export function fieldsOf(table: string): string[] {
  return Object.keys(definitions.get(table)?.fields ?? {})
}
