/** A table as data: its name and the kind of each field, from which queries and writes know how values travel. */
import type { FieldKind } from './fields.ts'

/** A table as data. Example: `defineTable('u_asset', { u_tag: 'text' })`. */
export interface TableDefinition {
  /** As in addresses, for example `incident`. */
  readonly name: string
  /** The kind of each field that is known; others are taken as texts, and instants among them as stamps. */
  readonly fields: Readonly<Record<string, FieldKind>>
}

/** Declares a table and does nothing. Example: `defineTable('u_asset', { u_tag: 'text', u_owner: 'reference' })`. */
export function defineTable<const T extends TableDefinition['fields']>(
  name: string,
  fields: T,
): { readonly name: string; readonly fields: T } {
  return { name, fields }
}

/** The stamps and ids every table carries. */
export const systemFields = {
  sys_id: 'id',
  sys_created_on: 'datetime',
  sys_created_by: 'text',
  sys_updated_on: 'datetime',
  sys_updated_by: 'text',
  sys_mod_count: 'integer',
} as const satisfies Readonly<Record<string, FieldKind>>

/** Marks a record type that does not know every column of its table: custom ones (`u_*`, `x_*`) may be named beside its own. */
export declare const openColumns: unique symbol

/** The fields every table has, as they are read raw. A type that extends this one takes custom fields (`u_*`, `x_*`) beside its own. */
export interface SystemFields {
  readonly [openColumns]?: never
  sys_id: string
  sys_created_on: string
  /** A user name, not a reference. */
  sys_created_by: string
  sys_updated_on: string
  sys_updated_by: string
  sys_mod_count: string
}

/** The sys_id of a record of another table, or `''`. The type names the table; the value is a text. */
export type Reference<Table extends string> = string & { readonly __table?: Table }

/** A choice: the codes known out of the box, and any other text, since instances are customised. */
export type Choice<Codes extends string> = Codes | (string & {})
