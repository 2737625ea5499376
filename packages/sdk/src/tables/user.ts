/** The user table, as far as incidents refer to it. */
import type { Reference, SystemFields } from './define-table.ts'
import { defineTable, systemFields } from './define-table.ts'

/** `sys_user` and the kinds of its fields. Example: `userTable.fields.active` is `'boolean'`. */
export const userTable = defineTable('sys_user', {
  ...systemFields,
  user_name: 'text',
  name: 'text',
  first_name: 'text',
  last_name: 'text',
  email: 'text',
  phone: 'text',
  mobile_phone: 'text',
  title: 'text',
  active: 'boolean',
  vip: 'boolean',
  locked_out: 'boolean',
  department: 'reference',
  company: 'reference',
  location: 'reference',
  manager: 'reference',
  time_zone: 'text',
})

/** A user as it is read raw. Neither `email` nor `user_name` is guaranteed to be unique. */
export interface UserRecord extends SystemFields {
  user_name: string
  name: string
  first_name: string
  last_name: string
  email: string
  phone: string
  mobile_phone: string
  title: string
  active: 'true' | 'false'
  vip: 'true' | 'false'
  locked_out: 'true' | 'false'
  department: Reference<'cmn_department'>
  company: Reference<'core_company'>
  location: Reference<'cmn_location'>
  manager: Reference<'sys_user'>
  time_zone: string
}
