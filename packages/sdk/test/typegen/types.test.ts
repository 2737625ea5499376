/** From an instance's dictionary to TypeScript that compiles: parents, choices, odd names, and what could not be read. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import type { Dictionary } from '../../src/typegen/dictionary.ts'
import { formatDictionary, lineOf, parseDictionary, unreadOf } from '../../src/typegen/dictionary.ts'
import { differenceOf } from '../../src/typegen/difference.ts'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { writeTypes } from '../../src/typegen/write-types.ts'
import { type Block, typeFaults } from '../readme/blocks.ts'
import { clientOf, dictionaryInstance } from './platform.ts'

const asked = ['incident', 'u_vip_incident', 'sys_user']
const read = () => readDictionary(clientOf(dictionaryInstance()), asked)

test('the module of a small dictionary', async () => {
  expect(writeTypes(await read())).toMatchInlineSnapshot(`
    "// Written by \`npx @snowline/sdk types --tables incident,sys_user,u_vip_incident\`; changes are lost.
    import type { Choice, Reference } from '@snowline/sdk'

    /** Incident (\`incident\`), extends task. */
    export interface IncidentRecord {
      /** Active. */
      active: 'true' | 'false'
      /** Assigned to. */
      assigned_to: Reference<'sys_user'>
      /** Business duration (an offset from 1970-01-01 00:00:00). */
      business_duration: string
      /** Resolution code. */
      close_code: string
      /** Number. */
      number: string
      /** Opened (UTC, yyyy-MM-dd HH:mm:ss). */
      opened_at: string
      /** Priority. */
      priority: Choice<'1' | '2'>
      /** State. */
      state: Choice<'1' | '6'>
      /** Created by. */
      sys_created_by: string
      /** Created (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_created_on: string
      /** Sys ID. */
      sys_id: string
      /** Updates. */
      sys_mod_count: string
      /** Updated by. */
      sys_updated_by: string
      /** Updated (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_updated_on: string
      /** Watch list (sys_ids joined by commas). */
      watch_list: string
      /** Work notes (a write appends, a raw read is ''). */
      work_notes: string
    }

    /** User (\`sys_user\`). */
    export interface SysUserRecord {
      /** Name. */
      name: string
      /** Created by. */
      sys_created_by: string
      /** Created (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_created_on: string
      /** Sys ID. */
      sys_id: string
      /** Updates. */
      sys_mod_count: string
      /** Updated by. */
      sys_updated_by: string
      /** Updated (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_updated_on: string
      /** Time zone. */
      time_zone: string
    }

    /** VIP "incident" * / (\`u_vip_incident\`), extends incident, task. */
    export interface UVipIncidentRecord {
      /** Active. */
      active: 'true' | 'false'
      /** Assigned to. */
      assigned_to: Reference<'sys_user'>
      /** Business duration (an offset from 1970-01-01 00:00:00). */
      business_duration: string
      /** Resolution code. */
      close_code: string
      /** Number. */
      number: string
      /** Opened (UTC, yyyy-MM-dd HH:mm:ss). */
      opened_at: string
      /** Priority. */
      priority: Choice<'1' | '2'>
      /** State. */
      state: Choice<'1' | '6'>
      /** Created by. */
      sys_created_by: string
      /** Created (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_created_on: string
      /** Sys ID. */
      sys_id: string
      /** Updates. */
      sys_mod_count: string
      /** Updated by. */
      sys_updated_by: string
      /** Updated (UTC, yyyy-MM-dd HH:mm:ss). */
      sys_updated_on: string
      /** Colour. */
      u_colour: string
      /** It's * / odd. */
      u_odd: Choice<'back\\\\slash' | 'it\\'s'>
      /** Watch list (sys_ids joined by commas). */
      watch_list: string
      /** Work notes (a write appends, a raw read is ''). */
      work_notes: string
    }

    /** The tables by name: \`createClient<Tables>(...)\`. */
    export interface Tables {
      incident: IncidentRecord
      sys_user: SysUserRecord
      u_vip_incident: UVipIncidentRecord
    }
    "
  `)
})

test('it compiles, and createClient takes it', { timeout: 30_000 }, async () => {
  const block = (code: string): Block => ({ language: 'ts', code, heading: '', line: 1 })
  const types = writeTypes(await read())
  const use = `
import { createClient, basicAuth } from '@snowline/sdk'
const sn = createClient<Tables>({ instanceUrl: 'dev1', auth: basicAuth({ username: 'a', password: 'b' }) })
export async function read() {
  const [row] = await sn.table('u_vip_incident').list({ fields: ['state', 'assigned_to', 'u_odd'] }).toArray({ limit: 1 })
  const state: string | undefined = row?.state
  await sn.table('incident').update('x', { state: '6', active: false })
  return [state]
}`
  expect(typeFaults([block(types + use)], {})).toEqual([])
  const wrong = use.replace("'u_odd'", "'colour'")
  expect(typeFaults([block(types + wrong)], {})).toEqual([expect.stringMatching(/colour/)])
})

test('parents: nearest first, and a circle ends', async () => {
  const dictionary = await read()
  expect(lineOf(dictionary, 'u_vip_incident')).toEqual(['u_vip_incident', 'incident', 'task'])
  const round = {
    tables: [
      { name: 'a', label: '', parent: 'b' },
      { name: 'b', label: '', parent: 'a' },
    ],
  }
  expect(lineOf(round, 'a')).toEqual(['a', 'b'])
})

test('the same dictionary gives the same text, whatever the order of the rows, and survives a file', async () => {
  const dictionary = await read()
  const kept = parseDictionary(formatDictionary(dictionary))
  expect(kept).toEqual(dictionary)
  const turned: Dictionary = {
    ...kept,
    fields: [...kept.fields].reverse(),
    tables: [...kept.tables].reverse(),
  }
  expect(writeTypes(turned)).toBe(writeTypes(dictionary))
})

test.each([
  ['no JSON', '{', /not JSON/],
  ['another file', '{"name":"x"}', /version/],
  [
    'a field that is no object',
    '{"format":"snowline-dictionary-2","asked":["a"],"tables":[1],"fields":[],"choices":[],"unread":[]}',
    /no object/,
  ],
  [
    'a label that is no text',
    '{"format":"snowline-dictionary-2","asked":["a"],"tables":[{"name":"a","label":1,"parent":""}],"fields":[],"choices":[],"unread":[]}',
    /tables\.label/,
  ],
])('refuses %s', (_, text, message) => {
  expect(() => parseDictionary(text)).toThrow(ConfigError)
  expect(() => parseDictionary(text)).toThrow(message)
})

test.each(['forbidden', 'empty'] as const)(
  'a dictionary that is %s: fields of a record, all texts, and it is said',
  async (answer) => {
    const instance = dictionaryInstance()
    for (const table of ['sys_dictionary', 'sys_db_object', 'sys_choice'])
      instance.control.tableAcl({ table, answer })
    const dictionary = await readDictionary(clientOf(instance), ['incident'])
    expect(unreadOf(dictionary)).toEqual([
      expect.stringMatching(/sys_db_object shows nothing of incident/),
      expect.stringMatching(/sys_dictionary shows no field of incident: the fields are those of one record/),
      expect.stringMatching(/sys_choice shows nothing/),
    ])
    const text = writeTypes(dictionary)
    expect(text).toMatch(/\/\/ Not read: sys_dictionary shows no field of incident/)
    expect(text).toMatch(/^ {2}short_description: string$/m)
  },
)

test('a parent that is not shown', async () => {
  const instance = dictionaryInstance()
  const hidden = instance.control.records('sys_dictionary').filter((row) => row.name === 'task')
  instance.control.hide(hidden.map((row) => row.sys_id ?? ''))
  const dictionary = await readDictionary(clientOf(instance), ['incident'])
  expect(unreadOf(dictionary)).toEqual([
    expect.stringMatching(/sys_dictionary hides 10 of its 12 rows of incident, task from this user/),
    expect.stringMatching(/no field of task: fields inherited from it are missing/),
  ])
})

test('a table that is not there has no field, and it is said', async () => {
  const dictionary = await readDictionary(clientOf(dictionaryInstance()), ['no_such_table'])
  expect(dictionary.fields).toEqual([])
  expect(unreadOf(dictionary).join('\n')).toMatch(/no_such_table: no record was shown either/)
})

test('names that would meet are told apart, names that are no identifiers are quoted', () => {
  const table = (name: string) => ({ name, label: name, parent: '' })
  const field = (name: string, at: string) => ({
    table: at,
    name,
    label: name,
    type: 'string',
    reference: '',
  })
  const text = writeTypes({
    format: 'snowline-dictionary-2',
    asked: ['u_a_b', 'u_a__b', '1x'],
    tables: ['u_a_b', 'u_a__b', '1x'].map(table),
    fields: [field('x-y', 'u_a_b'), field("it's", '1x')],
    choices: [],
    unread: [],
  })
  expect(text).toMatch(
    /interface UABRecord[\s\S]*'x-y': string[\s\S]*interface UAB2Record[\s\S]*interface Table1xRecord/,
  )
  expect(text).toContain("'it\\'s': string")
})

test('the difference of two texts', () => {
  expect(differenceOf('a\r\nb\r\n', 'a\nb\n')).toEqual([])
  expect(differenceOf('a\nb\nc\n', 'a\nd\nc\n')).toEqual(['- b', '+ d'])
  expect(differenceOf('a\nb', 'b\na')).toEqual(['  the same lines in another order'])
  expect(differenceOf('', Array.from({ length: 60 }, (_, at) => at).join('\n'))).toHaveLength(41)
})
