/** The tables in which an instance describes itself: tables, columns, overrides and types; open to a few roles only (servicenow.md 6). */
import { field, reference, systemFields, type TableDefinition, text } from './field.ts'

/** Without one of these roles the dictionary is an empty list. */
const READERS: readonly string[] = ['admin', 'personalize_dictionary']
const admins = { readRoles: READERS, writeRoles: ['admin'] } as const

const sysDbObject: TableDefinition = {
  name: 'sys_db_object',
  label: 'Table',
  display: 'label',
  fields: [
    text('name', 'Name', 80),
    text('label', 'Label', 80),
    reference('super_class', 'Extends table', 'sys_db_object'),
    field('boolean', 'is_extendable', 'Extensible', { defaultValue: 'false' }),
    reference('number_ref', 'Auto number', 'sys_number'),
    field('boolean', 'ws_access', 'Allow access to this table via web services', { defaultValue: 'true' }),
    field('class', 'sys_class_name', 'Class', { writable: false, defaultValue: 'sys_db_object' }),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  ...admins,
}

const sysDictionary: TableDefinition = {
  name: 'sys_dictionary',
  label: 'Dictionary Entry',
  display: 'column_label',
  fields: [
    text('name', 'Table', 80),
    text('element', 'Column name', 80),
    text('column_label', 'Column label', 80),
    reference('internal_type', 'Type', 'sys_glide_object', { referenceKey: 'name' }),
    field('integer', 'max_length', 'Max length'),
    field('boolean', 'mandatory', 'Mandatory', { defaultValue: 'false' }),
    field('boolean', 'read_only', 'Read only', { defaultValue: 'false' }),
    reference('reference', 'Reference', 'sys_db_object', { referenceKey: 'name' }),
    field('integer', 'choice', 'Choice'),
    text('default_value', 'Default value', 512),
    field('boolean', 'active', 'Active', { defaultValue: 'true' }),
    field('boolean', 'virtual', 'Calculated', { defaultValue: 'false' }),
    field('boolean', 'display', 'Display', { defaultValue: 'false' }),
    text('dependent', 'Dependent', 80),
    text('attributes', 'Attributes', 1000),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  ...admins,
}

const sysDictionaryOverride: TableDefinition = {
  name: 'sys_dictionary_override',
  label: 'Dictionary Entry Override',
  display: 'element',
  fields: [
    text('name', 'Table', 80),
    text('base_table', 'Base table', 80),
    text('element', 'Column name', 80),
    field('boolean', 'default_value_override', 'Override default value', { defaultValue: 'false' }),
    text('default_value', 'Default value', 512),
    field('boolean', 'mandatory_override', 'Override mandatory', { defaultValue: 'false' }),
    field('boolean', 'mandatory', 'Mandatory', { defaultValue: 'false' }),
    field('boolean', 'read_only_override', 'Override read only', { defaultValue: 'false' }),
    field('boolean', 'read_only', 'Read only', { defaultValue: 'false' }),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  ...admins,
}

const sysGlideObject: TableDefinition = {
  name: 'sys_glide_object',
  label: 'Field class',
  display: 'label',
  fields: [text('name', 'Name', 40), text('label', 'Label', 80), ...systemFields],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  ...admins,
}

/** The tables of this file. */
export const schemaTables: readonly TableDefinition[] = [
  sysDbObject,
  sysDictionary,
  sysDictionaryOverride,
  sysGlideObject,
]
