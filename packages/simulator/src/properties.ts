/** System properties that change what the instance answers: rows of `sys_properties`, with what holds when there is none. */
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { Random } from './random.ts'
import { toStamp } from './stamp.ts'

/** The properties that are asked for, with their values in an instance that nobody has changed. */
export const PROPERTY_DEFAULTS = {
  /** A query with an unreadable part finds nothing instead of being read without it (servicenow.md 1.5). */
  'glide.invalid_query.returns_no_rows': 'false',
  /**
   * The language of the labels in this instance's tables, which its users see. `sys_choice` has its rows in it, and in
   * English beside them, as with a language plugin.
   */
  'glide.sys.language': 'en',
  /** Whether a query about a column that its caller may not read is 403 (servicenow.md 1.5); else that part is dropped. A delivered instance has no value. */
  'glide.export.query.enforce_field_acl': 'false',
  /** Greatest body of a write in bytes; more than 25 MB counts as 25 MB (servicenow.md 4). */
  'glide.rest.max_content_length': '10485760',
  /** Greatest item of a batch and of its answer, in bytes (batch-api). */
  'glide.rest.batch.max.inputSize': '5242880',
  'glide.rest.batch.max.outputSize': '10485760',
  /** Greatest attachment, in megabytes. */
  'com.glide.attachment.max_size': '1024',
  /**
   * The grant `client_credentials`. A delivered instance has `false`; here an OAuth client that names its user is
   * consent enough, so that the first try of a demo works.
   */
  'glide.oauth.inbound.client.credential.grant_type.enabled': 'true',
  /** The grant `password`, the other way round. */
  'glide.oauth.inbound.ropc.grant_type.disabled': 'false',
  /** Basic auth restricted to some users and roles (servicenow.md 5, Australia): both have to be `true`. */
  'glide.authenticate.basic_auth.restriction.active': 'false',
  'glide.authenticate.basic_auth.restriction.enforce': 'false',
  'glide.authenticate.basic_auth.restriction.allowed_roles': 'snc_basic_auth_api_access',
  'glide.authenticate.basic_auth.restriction.allowed_users': '',
  /** Only admins may give system fields with `sysparm_suppress_auto_sys_field` and a `sys_id` of their own. */
  'glide.rest.table_api.admin_only_sys_fields': 'false',
} as const satisfies Readonly<Record<string, string>>

/** A property that the simulator obeys. */
export type PropertyName = keyof typeof PROPERTY_DEFAULTS

/** The value of a property: its row in `sys_properties`, else what a fresh instance has. */
export function propertyOf(database: Database, name: PropertyName): string {
  const table = database.need('sys_properties')
  const row = table.lookup('name', name)?.[0]
  return row ? table.read(row, 'value') : PROPERTY_DEFAULTS[name]
}

/** Whether a property is switched on. */
export function isOn(database: Database, name: PropertyName): boolean {
  return propertyOf(database, name) === 'true'
}

/** A property as a number; what cannot be read as one counts as its default. */
export function numberOf(database: Database, name: PropertyName): number {
  const text = propertyOf(database, name).trim()
  const value = Number(text)
  return text !== '' && Number.isFinite(value) && value >= 0 ? value : Number(PROPERTY_DEFAULTS[name])
}

/** 25 MB, whatever `glide.rest.max_content_length` says (servicenow.md 4). */
const LARGEST_BODY = 26_214_400

/** Greatest body of a write in bytes. */
export function largestBody(database: Database): number {
  return Math.min(LARGEST_BODY, numberOf(database, 'glide.rest.max_content_length'))
}

/** What a property is set in. */
export interface PropertyWorld {
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
}

/** Gives a property a value, or takes its row away. */
export function setProperty({ database, clock, random }: PropertyWorld, name: string, value?: string): void {
  const table = database.need('sys_properties')
  const known = table.lookup('name', name)?.[0]
  const stamp = toStamp(clock.now().getTime())
  if (value === undefined) {
    if (known) table.remove(known)
  } else if (known) table.update(known, { value, sys_updated_on: stamp })
  else
    table.insert({
      sys_id: random.hex(32),
      name,
      value,
      sys_created_on: stamp,
      sys_updated_on: stamp,
      sys_mod_count: '0',
    })
}
