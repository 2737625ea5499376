/** The command as it is called: files written and checked, faults told, the status it ends with. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dictionaryInstance } from '../typegen/platform.ts'
import { run, variables } from './run.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snowline-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('types: writes, checks, and tells what changed', async () => {
  const instance = dictionaryInstance()
  const out = join(folder, 'sn.gen.ts')
  const args = ['types', '--tables', 'incident,sys_user', '--out', out]
  expect(await run(instance, args)).toEqual({ out: [`${out}: 2 tables`], err: [], status: 0 })
  expect(readFileSync(out, 'utf8')).toContain(
    'export interface Tables {\n  incident: IncidentRecord\n  sys_user: SysUserRecord\n}',
  )
  expect(await run(instance, [...args, '--check'])).toEqual({
    out: [`${out} is up to date`],
    err: [],
    status: 0,
  })

  const [template] = instance.control.records('sys_dictionary').filter((row) => row.element === 'close_code')
  instance.control.load('sys_dictionary', [
    { ...template, sys_id: 'f'.repeat(32), element: 'u_new', column_label: 'New' },
  ])
  const before = readFileSync(out, 'utf8')
  const { out: lines, status } = await run(instance, [...args, '--check'])
  expect(status).toBe(1)
  expect(lines).toEqual([`${out} is not up to date:`, '+ /** New. */', '+ u_new: string'])
  expect(readFileSync(out, 'utf8')).toBe(before)
})

test('types: a file that is not there fails the check', async () => {
  const out = join(folder, 'none.ts')
  const { out: lines, status } = await run(dictionaryInstance(), [
    'types',
    '--tables',
    'incident',
    '--out',
    out,
    '--check',
  ])
  expect([status, lines]).toEqual([1, [`${out} is not up to date:`, `  there is no ${out}`]])
})

test('types: offline from a file that was saved, without a variable', async () => {
  const instance = dictionaryInstance()
  const [out, again, saved] = ['a.ts', 'b.ts', 'dictionary.json'].map((name) => join(folder, name))
  await run(instance, ['types', '--tables', 'incident', '--out', out ?? '', '--save', saved ?? ''])
  const asked = instance.control.requestLog().length
  expect((await run(instance, ['types', '--from', saved ?? '', '--out', again ?? ''], {})).status).toBe(0)
  expect(readFileSync(again ?? '', 'utf8')).toBe(readFileSync(out ?? '', 'utf8'))
  expect(instance.control.requestLog()).toHaveLength(asked)
  const unknown = await run(
    instance,
    ['types', '--from', saved ?? '', '--tables', 'problem', '--out', again ?? ''],
    {},
  )
  expect(unknown).toMatchObject({ status: 1, err: [expect.stringMatching(/knows nothing of problem/)] })
})

test('types: says what it could not read, and fails when nothing is left', async () => {
  const instance = dictionaryInstance()
  instance.control.tableAcl({ table: 'sys_choice', answer: 'forbidden' })
  const out = join(folder, 'sn.gen.ts')
  const some = await run(instance, ['types', '--tables', 'incident', '--out', out])
  expect(some).toMatchObject({ status: 0, err: [expect.stringMatching(/^not read: sys_choice/)] })
  const none = await run(instance, ['types', '--tables', 'no_such_table', '--out', out])
  expect(none.status).toBe(1)
  expect(none.err.at(-1)).toMatch(/no field of no_such_table/)
})

test.each([
  [['types', '--out', 'x.ts'], variables, /--tables is missing/],
  [['types', '--tables', 'incident'], variables, /--out is missing/],
  [['types', '--tables', 'Incident;x', '--out', 'x.ts'], variables, /no name of a table/],
  [['types', '--tables', 'incident', '--out', 'x.ts'], {}, /SN_INSTANCE_URL is missing/],
  [['types', '--from', 'no-such-file.json', '--out', 'x.ts'], {}, /no-such-file\.json/],
  [
    ['types', '--tables', 'incident', '--out', 'x.ts'],
    { ...variables, SN_PASSWORD: 'the wrong one' },
    /credential|password|authenticated/i,
  ],
  [['doctor', '--tabels', 'incident'], variables, /unknown option --tabels: did you mean --tables\?/],
  [['doctor', '--tables'], variables, /--tables needs a value/],
  [['doctor', '--tables', ''], variables, /--tables needs a value/],
  [['doctor', '--tables', ','], variables, /--tables is missing/],
  [['types', '--tables', 'incident', '--out'], variables, /--out needs a value/],
  [['doctor'], { SN_INSTANCE_URL: 'dev00001', SN_AUTH_TYPE: 'apikey' }, /SN_API_KEY is missing/],
])('%j is told in plain words', async (args, env, message) => {
  const { status, err } = await run(dictionaryInstance(), args, env as Record<string, string>)
  expect(status).toBe(1)
  expect(err.join('\n')).toMatch(message)
  expect(err.join('\n')).not.toMatch(/the wrong one|\n\s+at /)
})

test('doctor: lines for people, JSON for programs, 1 when something failed', async () => {
  const instance = dictionaryInstance()
  const people = await run(instance, ['doctor', '--no-network'])
  expect(people.out[0]).toBe('https://dev00001.service-now.com')
  expect(people.out).toContainEqual(expect.stringMatching(/^ok {4}read incident {5}\S/))
  instance.control.tableAcl({ table: 'incident', answer: 'forbidden' })
  const program = await run(instance, ['doctor', '--no-network', '--json', '--tables', 'incident'])
  expect(program.status).toBe(1)
  expect(JSON.parse(program.out.join('\n'))).toMatchObject({ ok: false })
})

test('a closed port: the cause is told by its code', async () => {
  const instance = dictionaryInstance()
  const client = { fetch: refusing('ECONNREFUSED'), maxRetries: 0 }
  const doctor = await run(instance, ['doctor', '--no-network'], variables, client)
  expect([doctor.status, doctor.out.join('\n')]).toEqual([1, expect.stringMatching(/\(ECONNREFUSED\)/)])
  const types = await run(instance, ['types', '--tables', 'incident', '--out', 'x.ts'], variables, client)
  expect([types.status, types.err.join('\n')]).toEqual([1, expect.stringMatching(/\(ECONNREFUSED\)/)])
})

/** As Node's fetch fails: the code is in the cause. */
function refusing(code: string): typeof fetch {
  return async () => {
    const cause = Object.assign(new Error(`connect ${code} 127.0.0.1:9`), { code })
    throw new TypeError('fetch failed', { cause })
  }
}
