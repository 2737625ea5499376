/** When `types` does not do what was asked, the files are what they were and the status says so. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { formatDictionary } from '../../src/typegen/dictionary.ts'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { clientOf, dictionaryInstance } from '../typegen/platform.ts'
import { run } from './run.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

test.each([
  ['--chekc', /unknown option --chekc: did you mean --check\?/],
  ['sys_user', /"sys_user" belongs to no option/],
])('a mistyped word: %s', async (word, message) => {
  const args = ['types', '--tables', 'incident', '--out', at('x.ts'), word]
  expect(await run(dictionaryInstance(), args)).toMatchObject({
    status: 1,
    err: [expect.stringMatching(message)],
  })
  expect(readdirSync(folder)).toEqual([])
})

test('a table that cannot be read: a good file stays, and a check of it fails', async () => {
  writeFileSync(at('x.ts'), 'good\n')
  const args = ['types', '--tables', 'incident,no_such_table', '--out', at('x.ts'), '--save', at('d.json')]
  for (const words of [args, [...args, '--check']]) {
    const { status, err } = await run(dictionaryInstance(), words)
    expect([status, err.at(-1)]).toEqual([
      1,
      expect.stringMatching(/no field of no_such_table could be read, so nothing was written/),
    ])
  }
  expect(readdirSync(folder)).toEqual(['x.ts'])
  expect(readFileSync(at('x.ts'), 'utf8')).toBe('good\n')
})

test('--check writes nothing, what --save names neither', async () => {
  const args = ['types', '--tables', 'incident', '--out', at('x.ts')]
  await run(dictionaryInstance(), args)
  expect((await run(dictionaryInstance(), [...args, '--check', '--save', at('d.json')])).status).toBe(0)
  expect(readdirSync(folder)).toEqual(['x.ts'])
})

test('a table without columns of its own has those it inherits', async () => {
  const instance = dictionaryInstance()
  const own = instance.control.records('sys_dictionary').filter(({ name, element }) => {
    return name === 'u_vip_incident' && element !== ''
  })
  instance.control.remove(
    'sys_dictionary',
    own.map(({ sys_id = '' }) => sys_id),
  )
  const itself = { ...own[0], element: '', internal_type: 'collection' }
  instance.control.load('sys_dictionary', [itself])
  const args = ['types', '--tables', 'u_vip_incident', '--out', at('x.ts')]
  expect(await run(instance, args)).toEqual({ status: 0, err: [], out: [`${at('x.ts')}: 1 table`] })
  expect(readFileSync(at('x.ts'), 'utf8')).toMatch(/ {2}active: 'true' \| 'false'/)
})

test('offline: what was not read is told for the tables asked for only', async () => {
  const dictionary = await readDictionary(clientOf(dictionaryInstance()), ['incident', 'problem'])
  writeFileSync(at('d.json'), formatDictionary(dictionary))
  const args = ['types', '--from', at('d.json'), '--out', at('x.ts')]
  const one = await run(dictionaryInstance(), [...args, '--tables', 'incident'], {})
  expect(one).toMatchObject({ status: 0, err: [] })
  expect(readFileSync(at('x.ts'), 'utf8')).not.toMatch(/Not read|problem/)
  expect((await run(dictionaryInstance(), args, {})).err.join('\n')).toMatch(/problem/)
})

test.each([
  ['{', /^--from is not JSON/],
  ['{"format":"snowline-dictionary-2","asked":[]}', /^--from names no table in asked/],
  ['{"format":"snowline-dictionary-2","asked":["u_a\\nexport const x = 1 //"]}', /^--from .* no name/],
])('a file that is no dictionary: %s', async (text, message) => {
  writeFileSync(at('d.json'), text)
  const args = ['types', '--from', at('d.json'), '--out', at('x.ts')]
  expect(await run(dictionaryInstance(), args, {})).toMatchObject({
    status: 1,
    err: [expect.stringMatching(message)],
  })
  expect(readdirSync(folder)).toEqual(['d.json'])
})
