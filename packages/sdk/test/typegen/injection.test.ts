/** Texts of an instance stay texts: no label, parent, choice or sentence becomes code, a tag, or a file that never reads back the same. */
import ts from 'typescript'
import { expect, test } from 'vitest'
import { SnowlineError } from '../../src/base/errors.ts'
import type { Dictionary } from '../../src/typegen/dictionary.ts'
import { formatDictionary, parseDictionary } from '../../src/typegen/dictionary.ts'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { writeTypes } from '../../src/typegen/write-types.ts'
import { clientOf, dictionaryInstance } from './platform.ts'

const evil = 'task */ export const pwned = 1 /*\n// \u2028export const pwned = 2 //'
const sound: Dictionary = {
  format: 'snowline-dictionary-2',
  asked: ['u_a'],
  tables: [{ name: 'u_a', label: 'A', parent: '' }],
  fields: [{ table: 'u_a', name: 'u_b', label: 'B', type: 'string', reference: '' }],
  choices: [],
  unread: [],
}

function sourceOf(text: string): ts.SourceFile {
  return ts.createSourceFile('types.ts', text, ts.ScriptTarget.ES2023, true)
}

/** What the module declares and imports, kind by kind. */
function statementsOf(text: string): string[] {
  return sourceOf(text).statements.map((statement) => ts.SyntaxKind[statement.kind])
}

test('texts that are no names, written all the same, stay in comments and literals', () => {
  const [field] = sound.fields
  const texts: Dictionary = {
    ...sound,
    asked: [evil, 'u_a'],
    tables: [
      { name: 'u_a', label: evil, parent: evil },
      { name: evil, label: evil, parent: '' },
    ],
    fields: [
      { table: 'u_a', name: evil, label: evil, type: 'reference', reference: evil },
      { table: 'u_a', name: 'u_c', label: evil, type: evil, reference: evil },
      ...(field === undefined ? [] : [{ ...field, table: evil }]),
    ],
    choices: [{ table: 'u_a', field: 'u_c', value: evil, label: evil }],
    unread: [{ tables: ['u_a', evil], message: `{tables} ${evil}` }],
  }
  const text = writeTypes(texts)
  expect(statementsOf(text)).toEqual([
    'ImportDeclaration',
    'InterfaceDeclaration',
    'InterfaceDeclaration',
    'InterfaceDeclaration',
  ])
})

test.each([
  ['asked', { asked: [evil] }],
  ['tables.name', { tables: [{ name: evil, label: '', parent: '' }] }],
  ['tables.parent', { tables: [{ name: 'u_a', label: '', parent: evil }] }],
  ['fields.name', { fields: [{ table: 'u_a', name: 'U-B', label: '', type: '', reference: '' }] }],
  ['fields.reference', { fields: [{ table: 'u_a', name: 'u_b', label: '', type: '', reference: evil }] }],
  ['choices.field', { choices: [{ table: 'u_a', field: evil, value: '', label: '' }] }],
  ['unread.tables', { unread: [{ tables: [evil], message: '' }] }],
])('a file with something that is no name in %s is refused', (place, part) => {
  const text = formatDictionary({ ...sound, ...part })
  expect(() => parseDictionary(text)).toThrow(`--from holds something in ${place} that is no name`)
})

test('an instance whose parent is no name is refused; a column that is none is left out, and it is said', async () => {
  const instance = dictionaryInstance()
  const [column = {}] = instance.control.records('sys_dictionary').filter((row) => row.element === 'number')
  instance.control.load('sys_dictionary', [{ ...column, sys_id: 'e'.repeat(32), element: evil }])
  const { fields, unread } = await readDictionary(clientOf(instance), ['incident'])
  expect(fields.map(({ name }) => name)).not.toContain(evil)
  expect(unread).toEqual([
    { tables: ['task'], message: expect.stringMatching(/names are none of a column: left out/) },
  ])

  const [task = {}] = instance.control.records('sys_db_object').filter(({ name }) => name === 'task')
  instance.control.load('sys_db_object', [{ ...task, name: evil }])
  const reading = readDictionary(clientOf(instance), ['incident'])
  await expect(reading).rejects.toThrow(SnowlineError)
  await expect(reading).rejects.toThrow('What incident extends has no name of a table.')
})

test('a label is no tag of JSDoc and no word to the compiler', () => {
  for (const label of ['@deprecated do not use', 'old @deprecated', '{@link x}', '@ts-ignore']) {
    const text = writeTypes({
      ...sound,
      tables: [{ name: 'u_a', label, parent: '' }],
      fields: sound.fields.map((field) => ({ ...field, label })),
    })
    const tags = sourceOf(text).statements.flatMap((statement) => [
      ...ts.getJSDocTags(statement),
      ...(ts.isInterfaceDeclaration(statement) ? statement.members.flatMap(ts.getJSDocTags) : []),
    ])
    expect(tags.map(({ tagName }) => tagName.text)).toEqual([])
    expect(text).not.toMatch(/\*\s*@ts-ignore/)
  }
})

test('halves of characters: the text is what a file gives back', () => {
  const half = 'a\ud800b\udc00'
  const text = writeTypes({
    ...sound,
    tables: [{ name: 'u_a', label: half, parent: '' }],
    choices: [{ table: 'u_a', field: 'u_b', value: half, label: half }],
  })
  expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text)
  expect(text).toContain("Choice<'a\\ud800b\\udc00'>")
})

test('a label that looks like a type imports nothing', () => {
  const label = 'Choice<T> or Reference<T>'
  const text = writeTypes({ ...sound, fields: sound.fields.map((field) => ({ ...field, label })) })
  expect(text).not.toMatch(/^import/m)
})
