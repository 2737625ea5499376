/** The README keeps its word: every code block compiles, runs against a pretend instance, and prints what it says it prints. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInstance } from '@snowline/simulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '../src/client/client.ts'
import { basicAuth } from '../src/http/auth.ts'
import {
  blocksOf,
  entriesOf,
  packageFolder,
  runBlock,
  type Surroundings,
  typeFaults,
  usedOf,
} from './readme/blocks.ts'

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
}
const values: Readonly<Record<string, unknown>> = {
  username: 'admin',
  password: 'admin',
  key: 'a-key',
  token: 'a-token',
  clientId: 'a-client',
  clientSecret: 'a-secret',
  refreshToken: 'a-refresh-token',
}

test('every block is of a kind that is checked', () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['ts', 'sh']))
  expect(code.length).toBeGreaterThan(10)
})

test('every block compiles in a strict project', { timeout: 60_000 }, () => {
  expect(typeFaults(code, types)).toEqual([])
  const [first] = code
  if (first === undefined) throw new Error('the README has no code')
  const wrong = { ...first, code: first.code.replace('incident.number', 'incident.short_description') }
  expect(typeFaults([wrong], types)).toEqual([expect.stringMatching(/short_description/)])
})

describe('every block runs', () => {
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'snowline-readme-'))
  const modules = new Map<string, unknown>()

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

test('every subpath of the package is told', () => {
  const text = readFileSync(join(packageFolder, 'README.md'), 'utf8')
  for (const name of entriesOf(manifest).keys()) {
    expect(text).toContain(`\`.${name.slice('@snowline/sdk'.length).replace(/^\//, '/')}\``)
  }
})
