/** The one file for a script tag, built as it is published: small, whole, and free of what a strict page forbids. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Options } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import configs from '../tsup.config.ts'

const KIB = 1024
const limits = { snowline: 30 * KIB, 'snowline-all': 45 * KIB }
const tags = { snowline: ['sn-incidents'], 'snowline-all': ['sn-incidents', 'sn-ticket'] }
const entries = { snowline: 'cdn.ts', 'snowline-all': 'cdn-all.ts' }
const names = ['snowline', 'snowline-all'] as const
const folder = mkdtempSync(join(tmpdir(), 'snowline-widget-'))
const bundles = new Map<string, string>()

beforeAll(async () => {
  const all = Array.isArray(configs) ? configs : []
  for (const name of names) {
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

test.each(names)('%s.js keeps its budget gzipped', (name) => {
  const bundle = bundleOf(name)
  const size = gzipSync(bundle, { level: 9 }).length
  console.info(`${name}.js: ${bundle.length} characters, ${size} of ${limits[name]} bytes gzipped`)
  expect(size).toBeLessThanOrEqual(limits[name])
})

test.each(names)('%s.js is whole: it imports nothing and exports nothing', (name) => {
  const bundle = bundleOf(name)
  expect(bundle).not.toMatch(/(?<!["'])\bimport\s*[({"'*]|\bfrom\s*["']/)
  expect(bundle).not.toMatch(/\bexport\s*[{*]/)
  expect(bundle).not.toContain('ZodError')
})

test.each(names)('%s.js defines its tags', (name) => {
  const defined = [...bundleOf(name).matchAll(/customElements\.define\(["']([a-z-]+)["']/g)].map(
    ([, tag]) => tag,
  )
  expect(defined).toEqual(tags[name])
})

test.each(names)('%s.js names the licence of what is inside', (name) => {
  expect(bundleOf(name)).toMatch(/Copyright \d{4} Google LLC SPDX-License-Identifier: BSD-3-Clause/)
})

test.each(names)('no escape of a style sheet in %s.js was taken for one of the script', (name) => {
  const bundle = bundleOf(name)
  expect([...bundle].filter((character) => character < ' ' && !'\n\t'.includes(character))).toEqual([])
  expect(bundle).toMatch(/content:["']·["']/)
})

test.each(names)('nothing in %s.js evaluates text', (name) => {
  expect(bundleOf(name)).not.toMatch(
    /\beval\(|new Function\(|document\.write|insertAdjacentHTML|outerHTML|srcdoc/,
  )
})
