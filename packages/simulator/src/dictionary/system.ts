/** Tables of the platform's administration as data: properties and attachments. */
import { field, systemFields, type TableDefinition, text } from './field.ts'

const sysProperties: TableDefinition = {
  name: 'sys_properties',
  label: 'System Property',
  display: 'name',
  fields: [
    text('name', 'Name', 100),
    text('value', 'Value', 4000),
    text('description', 'Description', 512),
    text('type', 'Type', 40, { defaultValue: 'string' }),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['name'],
  readRoles: ['admin'],
  writeRoles: ['admin'],
}

const sysAttachment: TableDefinition = {
  name: 'sys_attachment',
  label: 'Attachment',
  display: 'file_name',
  fields: [
    text('table_name', 'Table name', 80),
    text('table_sys_id', 'Table sys ID', 32),
    text('file_name', 'File name', 100),
    text('content_type', 'Content type', 255),
    field('integer', 'size_bytes', 'Size bytes'),
    field('integer', 'size_compressed', 'Size compressed'),
    field('boolean', 'compressed', 'Compressed'),
    field('integer', 'image_width', 'Image width'),
    field('integer', 'image_height', 'Image height'),
    text('average_image_color', 'Average image color'),
    text('sys_tags', 'Tags', 255, { writable: false }),
    ...systemFields,
  ],
  ordered: ['sys_updated_on'],
  lookups: ['table_sys_id'],
  auditDelete: true,
}

/** The tables of this file. */
export const systemTables: readonly TableDefinition[] = [sysProperties, sysAttachment]
