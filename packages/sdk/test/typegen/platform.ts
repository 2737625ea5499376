/** A small dictionary of an instance: incident extends task, a custom table extends incident, and the odd rows real dictionaries have. */
import {
  createInstance,
  type Instance,
  type InstanceOptions,
  type TableDefinition,
} from '@snowline/simulator'
import { createClient } from '../../src/client/client.ts'
import { basicAuth } from '../../src/http/auth.ts'

type Rows = Record<string, string>[]

const system = [
  'sys_id',
  'sys_created_on',
  'sys_created_by',
  'sys_updated_on',
  'sys_updated_by',
  'sys_mod_count',
]

function definition(
  name: string,
  columns: readonly string[],
  references: Readonly<Record<string, string>> = {},
): TableDefinition {
  return {
    name,
    label: name,
    display: columns[0] ?? 'sys_id',
    fields: [...columns, ...system].map((column) => ({
      name: column,
      label: column,
      kind: references[column] === undefined ? 'string' : 'reference',
      ...(references[column] === undefined ? {} : { reference: references[column] }),
    })),
    ordered: ['sys_updated_on'],
    lookups: ['name'],
  }
}

const definitions: readonly TableDefinition[] = [
  definition('sys_db_object', ['name', 'label', 'super_class'], { super_class: 'sys_db_object' }),
  definition('sys_dictionary', ['name', 'element', 'column_label', 'internal_type', 'reference', 'active']),
  definition('sys_choice', ['name', 'element', 'value', 'label', 'language', 'inactive', 'sequence']),
]

const id = (kind: number, at: number): string => `${kind}${String(at).padStart(31, '0')}`
const stamps = {
  sys_created_on: '2026-01-01 00:00:00',
  sys_updated_on: '2026-01-01 00:00:00',
  sys_mod_count: '0',
}

const tables = [
  ['task', 'Task', ''],
  ['incident', 'Incident', 'task'],
  ['u_vip_incident', 'VIP "incident" */', 'incident'],
  ['sys_user', 'User', ''],
]
const tableRows: Rows = tables.map(([name = '', label = '', parent = ''], at) => ({
  ...stamps,
  sys_id: id(1, at),
  name,
  label,
  super_class:
    parent === ''
      ? ''
      : id(
          1,
          tables.findIndex((table) => table[0] === parent),
        ),
}))

const fieldRows: Rows = [
  ['task', '', 'Task', 'collection', ''],
  ['task', 'number', 'Number', 'string', ''],
  ['task', 'active', 'Active', 'boolean', ''],
  ['task', 'state', 'State', 'integer', ''],
  ['task', 'priority', 'Priority', 'integer', ''],
  ['task', 'opened_at', 'Opened', 'glide_date_time', ''],
  ['task', 'assigned_to', 'Assigned to', 'reference', 'sys_user'],
  ['task', 'work_notes', 'Work notes', 'journal_input', ''],
  ['task', 'watch_list', 'Watch list', 'glide_list', 'sys_user'],
  ['task', 'business_duration', 'Business\nduration', 'glide_duration', ''],
  ['incident', 'close_code', 'Resolution code', 'string', ''],
  ['incident', 'u_old', 'Gone', 'string', ''],
  ['u_vip_incident', 'u_colour', 'Colour', 'string', ''],
  ['u_vip_incident', 'u_odd', "It's */ odd", 'string', ''],
  ['sys_user', 'name', 'Name', 'string', ''],
  ['sys_user', 'time_zone', 'Time zone', 'string', ''],
].map(([name = '', element = '', column_label = '', internal_type = '', reference = ''], at) => ({
  ...stamps,
  sys_id: id(2, at),
  name,
  element,
  column_label,
  internal_type,
  reference,
  active: String(element !== 'u_old'),
}))

const choiceRows: Rows = [
  ['task', 'state', '1', 'Open', 'en', 'false', '1'],
  ['task', 'state', '3', 'Closed Complete', 'en', 'false', '3'],
  ['task', 'priority', '2', '2 - High', 'en', 'false', '2'],
  ['task', 'priority', '1', '1 - Critical', 'en', 'false', '1'],
  ['task', 'priority', '1', '1 - Kritisch', 'de', 'false', '1'],
  ['task', 'priority', '9', 'Never', 'en', 'true', '9'],
  ['incident', 'state', '6', 'Resolved', 'en', 'false', '6'],
  ['incident', 'state', '1', 'New', 'en', 'false', '1'],
  ['u_vip_incident', 'u_odd', "it's", 'Odd', 'en', 'false', ''],
  ['u_vip_incident', 'u_odd', 'back\\slash', 'Odder', 'en', 'false', ''],
  ...Array.from({ length: 200 }, (_, at) => [
    'sys_user',
    'time_zone',
    `Zone/${at}`,
    `Zone ${at}`,
    'en',
    'false',
    String(at),
  ]),
].map(
  ([name = '', element = '', value = '', label = '', language = '', inactive = '', sequence = ''], at) => ({
    ...stamps,
    sys_id: id(3, at),
    name,
    element,
    value,
    label,
    language,
    inactive,
    sequence,
  }),
)

/** An instance with that dictionary, and 5 incidents. */
export function dictionaryInstance(options: InstanceOptions = {}): Instance {
  const instance = createInstance({ seed: 2, incidents: 5, tables: definitions, ...options })
  const { control } = instance
  for (const [table, rows] of [
    ['sys_db_object', tableRows],
    ['sys_dictionary', fieldRows],
    ['sys_choice', choiceRows],
  ] as const) {
    control.remove(
      table,
      control.records(table).map((record) => record.sys_id ?? ''),
      { audited: false },
    )
    control.load(table, rows)
  }
  return instance
}

/** The admin's client of an instance. */
export function clientOf(instance: Instance) {
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  return createClient({ instanceUrl: 'dev00001', auth, fetch: instance.fetch, maxRetries: 0 })
}
