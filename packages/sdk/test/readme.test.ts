/** The README keeps its word: every code block compiles, runs against a pretend instance, and prints what it says it prints. */

import * as diagnosticsChannel from 'node:diagnostics_channel'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as simulator from '@snowline/simulator'
import { createInstance } from '@snowline/simulator'
import { runCommand } from 'citty'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { snowlineCommand } from '../src/cli/command.ts'
import { createClient } from '../src/client/client.ts'
import { basicAuth } from '../src/http/auth.ts'
import { readDictionary } from '../src/typegen/read-dictionary.ts'
import { writeTypes } from '../src/typegen/write-types.ts'
import {
  blocksOf,
  entriesOf,
  packageFolder,
  runBlock,
  type Surroundings,
  typeFaults,
  usedOf,
} from './readme/blocks.ts'
import { clientOf, dictionaryInstance } from './typegen/platform.ts'

const blocks = blocksOf(readFileSync(join(packageFolder, 'README.md'), 'utf8'))
const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
const code = blocks.filter(({ language }) => language === 'ts')

const types: Surroundings = {
  sn: "import('@snowline/sdk').Client",
  username: 'string',
  password: 'string',
  key: 'string',
  token: 'string',
  clientId: 'string',
  clientSecret: 'string',
  refreshToken: 'string',
  privateKey: 'string',
}
const values: Readonly<Record<string, unknown>> = {
  username: 'admin',
  password: 'admin',
  key: 'a-key',
  token: 'a-token',
  clientId: 'a-client',
  clientSecret: 'a-secret',
  refreshToken: 'a-refresh-token',
  privateKey: '-----BEGIN PRIVATE KEY-----',
}
/** What a reader has beside the package. */
const beside = { '@snowline/simulator': simulator, 'node:diagnostics_channel': diagnosticsChannel }

test('every block is of a kind that is checked', () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['ts', 'sh']))
  expect(code.length).toBeGreaterThan(10)
})

test('every block compiles in a strict project', { timeout: 60_000 }, async () => {
  const generated = writeTypes(await readDictionary(clientOf(dictionaryInstance()), ['incident', 'sys_user']))
  expect(typeFaults(code, types, { 'sn.gen.ts': generated })).toEqual([])
  const [first] = code
  if (first === undefined) throw new Error('the README has no code')
  const wrong = { ...first, code: first.code.replace('incident.number', 'incident.short_description') }
  expect(typeFaults([wrong], types)).toEqual([expect.stringMatching(/short_description/)])
})

describe('every block runs', () => {
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'snowline-readme-'))
  const modules = new Map<string, unknown>(Object.entries(beside))

  beforeAll(async () => {
    for (const [name, file] of entriesOf(manifest)) modules.set(name, await import(/* @vite-ignore */ file))
    process.chdir(folder)
  })
  afterAll(() => {
    vi.unstubAllGlobals()
    process.chdir(home)
    rmSync(folder, { recursive: true })
  })

  test.each(code.map((block) => [`${block.heading} (line ${block.line})`, block] as const))(
    '%s',
    async (_, block) => {
      const instance = createInstance({ seed: 1, incidents: 60 })
      vi.stubGlobal('fetch', instance.fetch)
      const auth = basicAuth({ username: 'admin', password: 'admin' })
      const given = { ...values, sn: createClient({ instanceUrl: 'dev12345', auth }) }
      const used = usedOf(block.code, types)
      const scope = Object.fromEntries(Object.entries(given).filter(([name]) => used.includes(name)))
      const printed = await runBlock(block, scope, (specifier) => {
        if (modules.has(specifier)) return modules.get(specifier)
        throw new Error(`${specifier} is no entry of the package`)
      })
      for (const { line, wanted, shown } of printed) {
        const [before, open] = wanted.split('…')
        expect(shown.length, `line ${line} never ran`).toBeGreaterThan(0)
        for (const each of shown) {
          if (open === undefined) expect(each, `line ${line}`).toBe(wanted)
          else expect(each.startsWith(before ?? ''), `line ${line}: ${each}`).toBe(true)
        }
      }
    },
  )
})

describe('every command works', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code: text }) => text.split('\n'))
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'snowline-readme-'))

  beforeAll(() => {
    mkdirSync(join(folder, 'src'))
    process.chdir(folder)
  })
  afterAll(() => {
    process.chdir(home)
    rmSync(folder, { recursive: true })
  })

  test.each(commands)('%s', async (line) => {
    if (line.startsWith('npm install ')) {
      expect(line).toBe(`npm install ${(manifest as { name: string }).name}`)
      return
    }
    const [npx, name, ...rawArgs] = line.split(' ')
    expect([npx, name]).toEqual(['npx', '@snowline/sdk'])
    const statuses: number[] = []
    const command = snowlineCommand({
      env: { SN_INSTANCE_URL: 'dev00001', SN_USERNAME: 'admin', SN_PASSWORD: 'admin' },
      print: () => undefined,
      complain: (text) => expect(text).toBe(''),
      fail: (status) => statuses.push(status),
      client: { fetch: dictionaryInstance({ clock: { now: Date.now } }).fetch },
    })
    // No test asks a name server.
    await runCommand(command, { rawArgs: rawArgs[0] === 'doctor' ? [...rawArgs, '--no-network'] : rawArgs })
    expect(statuses).toEqual([])
  })
})

test('every subpath of the package is told', () => {
  const text = readFileSync(join(packageFolder, 'README.md'), 'utf8')
  for (const name of entriesOf(manifest).keys()) {
    expect(text).toContain(`\`.${name.slice('@snowline/sdk'.length).replace(/^\//, '/')}\``)
  }
})
