/** The platform's own tables as data: people, groups, choices, journal entries, recorded deletes, and what incidents point to. */
import { field, reference, systemFields, type TableDefinition, text } from './field.ts'

const platform = { writable: false } as const

const sysUser: TableDefinition = {
  name: 'sys_user',
  label: 'User',
  display: 'name',
  fields: [
    text('user_name', 'User ID'),
    text('name', 'Name', 151, platform),
    text('first_name', 'First name', 50),
    text('last_name', 'Last name', 50),
    text('email', 'Email', 100),
    text('title', 'Title', 60),
    text('phone', 'Business phone'),
    text('mobile_phone', 'Mobile phone'),
    text('employee_number', 'Employee number'),
    text('department', 'Department'),
    text('location', 'Location'),
    reference('company', 'Company', 'core_company'),
    reference('manager', 'Manager', 'sys_user'),
    text('time_zone', 'Time zone'),
    text('date_format', 'Date format'),
    text('preferred_language', 'Language', 3),
    field('boolean', 'vip', 'VIP', { defaultValue: 'false' }),
    field('boolean', 'active', 'Active', { defaultValue: 'true' }),
    field('boolean', 'locked_out', 'Locked out', { defaultValue: 'false' }),
    field('boolean', 'web_service_access_only', 'Web service access only', { defaultValue: 'false' }),
    field('class', 'sys_class_name', 'Class', { ...platform, defaultValue: 'sys_user' }),
    reference('sys_domain', 'Domain', 'sys_user_group', { ...platform, defaultValue: 'global' }),
    text('sys_tags', 'Tags', 255, platform),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['user_name', 'email', 'name'],
  auditDelete: true,
  writeRoles: ['admin', 'user_admin'],
}

const sysUserGroup: TableDefinition = {
  name: 'sys_user_group',
  label: 'Group',
  display: 'name',
  fields: [
    text('name', 'Name', 80),
    text('description', 'Description', 1000),
    text('email', 'Group email', 100),
    text('type', 'Type', 1024),
    reference('manager', 'Manager', 'sys_user'),
    reference('parent', 'Parent', 'sys_user_group'),
    field('boolean', 'active', 'Active', { defaultValue: 'true' }),
    text('source', 'Source', 255),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  auditDelete: true,
  writeRoles: ['admin', 'user_admin'],
}

const sysChoice: TableDefinition = {
  name: 'sys_choice',
  label: 'Choice',
  display: 'label',
  fields: [
    text('name', 'Table', 80),
    text('element', 'Element', 80),
    text('value', 'Value', 100),
    text('label', 'Label', 100),
    text('language', 'Language', 3, { defaultValue: 'en' }),
    text('dependent_value', 'Dependent value', 100),
    text('hint', 'Hint', 255),
    field('integer', 'sequence', 'Sequence'),
    field('boolean', 'inactive', 'Inactive', { defaultValue: 'false' }),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['element'],
  auditDelete: true,
  writeRoles: ['admin', 'personalize_choices'],
}

const sysJournalField: TableDefinition = {
  name: 'sys_journal_field',
  label: 'Journal Entry',
  display: 'value',
  fields: [
    text('name', 'Name', 80),
    text('element', 'Element', 80),
    text('element_id', 'Element ID', 32),
    text('value', 'Value', 4000),
    text('sys_tags', 'Tags', 255, platform),
    field('guid', 'sys_id', 'Sys ID', { ...platform, maxLength: 32 }),
    field('date-time', 'sys_created_on', 'Created', platform),
    text('sys_created_by', 'Created by', 40, platform),
  ],
  ordered: ['sys_created_on'],
  lookups: ['element_id'],
  // Entries come from writes to their record and are never made by themselves.
  writeRoles: ['admin'],
}

const sysAuditDelete: TableDefinition = {
  name: 'sys_audit_delete',
  label: 'Audit Deleted Record',
  display: 'display_value',
  fields: [
    text('tablename', 'Table name', 80),
    text('documentkey', 'Document key', 32),
    text('display_value', 'Display value', 255),
    text('payload', 'Payload', 65_536),
    ...systemFields,
  ],
  ordered: ['sys_created_on'],
  lookups: ['documentkey'],
  readRoles: ['admin'],
  writeRoles: ['admin'],
}

/** Tables that incidents point to and the simulator keeps only for look-ups and display values. */
const referenced: readonly TableDefinition[] = (
  [
    ['cmdb_ci', 'Configuration Item', ['admin', 'itil']],
    ['cmn_location', 'Location', ['admin']],
    ['core_company', 'Company', ['admin']],
  ] as const
).map(([name, label, writeRoles]) => ({
  name,
  label,
  writeRoles,
  display: 'name',
  fields: [text('name', 'Name', 255), ...systemFields],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  auditDelete: true,
}))

/** Every table beside `incident`. */
export const platformTables: readonly TableDefinition[] = [
  sysUser,
  sysUserGroup,
  sysChoice,
  sysJournalField,
  sysAuditDelete,
  ...referenced,
]
