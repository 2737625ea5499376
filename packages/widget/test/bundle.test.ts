/** The files for a script tag, built as they are published: small, whole, and free of what a strict page forbids. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Options } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import configs from '../tsup.config.ts'

const KIB = 1024
const limits = { snowline: 30 * KIB, 'snowline-all': 45 * KIB, 'snowline-admin': 30 * KIB }
const tags = {
  snowline: ['sn-incidents'],
  'snowline-all': ['sn-datasets', 'sn-incidents', 'sn-integrations', 'sn-ticket'],
}
const entries = { snowline: 'cdn.ts', 'snowline-all': 'cdn-all.ts', 'snowline-admin': 'admin.ts' }
const names = ['snowline', 'snowline-all'] as const
const files = [...names, 'snowline-admin'] as const
const folder = mkdtempSync(join(tmpdir(), 'snowline-widget-'))
const bundles = new Map<string, string>()

beforeAll(async () => {
  const all = Array.isArray(configs) ? configs : []
  for (const name of files) {
    const config = all.find((one: Options) => Object.hasOwn(one.entry ?? {}, name))
    if (config === undefined) throw new Error(`tsup.config.ts builds no ${name}.js`)
    const entry = { [name]: join(import.meta.dirname, '../src', entries[name]) }
    await build({ ...config, entry, config: false, outDir: folder, silent: true })
    bundles.set(name, readFileSync(join(folder, `${name}.js`), 'utf8'))
  }
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function bundleOf(name: string): string {
  const bundle = bundles.get(name)
  if (bundle === undefined) throw new Error(`${name}.js was not built`)
  return bundle
}

test.each(files)('%s.js keeps its budget gzipped', (name) => {
  const bundle = bundleOf(name)
  const size = gzipSync(bundle, { level: 9 }).length
  console.info(`${name}.js: ${bundle.length} characters, ${size} of ${limits[name]} bytes gzipped`)
  expect(size).toBeLessThanOrEqual(limits[name])
})

test.each(names)('%s.js is whole: it imports nothing and exports nothing', (name) => {
  const later = /\bimport\(new URL\(`snowline-admin\.js\$\{\w+\.search\}`,\w+\)\.href\)/
  const bundle = bundleOf(name).replace(name === 'snowline-all' ? later : '', '')
  expect(bundle).not.toMatch(/(?<!["'])\bimport\s*[({"'*]|\bfrom\s*["']/)
  expect(bundle).not.toMatch(/\bexport\s*[{*]/)
  expect(bundle).not.toContain('ZodError')
})

test.each(names)('%s.js defines its tags', (name) => {
  const defined = [...bundleOf(name).matchAll(/\(["'](sn-[a-z]+)["'],\w+\)/g)].map(([, tag]) => tag)
  expect([...new Set(defined)].sort()).toEqual(tags[name])
})

/** The parts the chunk asks for, in a build that keeps the names. */
async function partsAsked(): Promise<string[]> {
  const config = (Array.isArray(configs) ? configs : []).find((one: Options) =>
    Object.hasOwn(one.entry ?? {}, 'snowline-admin'),
  )
  const entry = { readable: join(import.meta.dirname, '../src/admin.ts') }
  await build({ ...config, entry, minify: false, config: false, outDir: folder, silent: true })
  const text = readFileSync(join(folder, 'readable.js'), 'utf8')
  const names = [...text.matchAll(/\b(import_\w+) = require\("snowline"\)/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  const used = [...text.matchAll(/\b(import_\w+)\.(\w+)/g)].filter(([, name]) => names.includes(name))
  return [...new Set(used.map(([, , part = '']) => part))].sort()
}

test('snowline-admin.js asks for exactly the parts that snowline-all.js has for it', async () => {
  const door = readFileSync(join(import.meta.dirname, '../src/cdn-load-admin.ts'), 'utf8')
  const [, list = ''] = /const parts = \{([^}]*)\}/.exec(door) ?? []
  const given = list.split(',').map((part) => part.trim())
  expect(await partsAsked()).toEqual(given.filter((part) => part !== '').sort())
})

test('snowline-admin.js brings no second Lit, imports nothing, and says whose parser is inside', () => {
  const chunk = bundleOf('snowline-admin')
  expect(/lit-html|createTreeWalker|litHtmlVersions|createPolicy/.test(chunk)).toBe(false)
  expect(/\bimport\s*\(|^\s*import\b/m.test(chunk)).toBe(false)
  expect(chunk.match(/require\("([^"]+)"\)/g)?.every((one) => one === 'require("snowline")')).toBe(true)
  expect(chunk.slice(0, 200)).toContain(
    'eventsource-parser: Copyright Espen Hovlandsdal SPDX-License-Identifier: MIT',
  )
})

test.each(names)('%s.js names the licence of what is inside', (name) => {
  expect(bundleOf(name)).toMatch(/Copyright \d{4} Google LLC SPDX-License-Identifier: BSD-3-Clause/)
})

test.each(files)('no escape of a style sheet in %s.js was taken for one of the script', (name) => {
  const bundle = bundleOf(name)
  expect([...bundle].filter((character) => character < ' ' && !'\n\t'.includes(character))).toEqual([])
  if (name !== 'snowline-admin') expect(bundle).toMatch(/content:["']·["']/)
})

test.each(files)('nothing in %s.js evaluates text', (name) => {
  expect(bundleOf(name)).not.toMatch(
    /\beval\(|new Function\(|document\.write|insertAdjacentHTML|outerHTML|srcdoc/,
  )
})
