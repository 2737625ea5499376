/** The group table, as far as incidents refer to it. */
import type { Reference, SystemFields } from './define-table.ts'
import { defineTable, systemFields } from './define-table.ts'

/** `sys_user_group` and the kinds of its fields. Example: `groupTable.fields.manager` is `'reference'`. */
export const groupTable = defineTable('sys_user_group', {
  ...systemFields,
  name: 'text',
  description: 'text',
  email: 'text',
  active: 'boolean',
  manager: 'reference',
  parent: 'reference',
  type: 'text',
})

/** A group as it is read raw. */
export interface GroupRecord extends SystemFields {
  name: string
  description: string
  email: string
  active: 'true' | 'false'
  manager: Reference<'sys_user'>
  parent: Reference<'sys_user_group'>
  type: string
}
