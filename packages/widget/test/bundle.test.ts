/** The one file for a script tag, built as it is published: small, whole, and free of what a strict page forbids. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Options } from 'tsup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import configs from '../tsup.config.ts'

const LIMIT = 30_000
const folder = mkdtempSync(join(tmpdir(), 'snowline-widget-'))
let bundle = ''

beforeAll(async () => {
  const all = Array.isArray(configs) ? configs : []
  const config = all.find((one: Options) => Object.hasOwn(one.entry ?? {}, 'snowline'))
  if (config === undefined) throw new Error('tsup.config.ts builds no snowline.js')
  const entry = { snowline: join(import.meta.dirname, '../src/cdn.ts') }
  await build({ ...config, entry, config: false, outDir: folder, silent: true })
  bundle = readFileSync(join(folder, 'snowline.js'), 'utf8')
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test(`it is at most ${LIMIT} bytes gzipped`, () => {
  const size = gzipSync(bundle, { level: 9 }).length
  console.info(`snowline.js: ${bundle.length} characters, ${size} bytes gzipped`)
  expect(size).toBeLessThanOrEqual(LIMIT)
})

test('everything is inside: it imports nothing and exports nothing', () => {
  expect(bundle).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']/)
  expect(bundle).not.toMatch(/\bexport\s*[{*]/)
  expect(bundle).not.toContain('ZodError')
})

test('no escape of a style sheet was taken for one of the script', () => {
  expect(bundle).toContain('sn-incidents')
  expect([...bundle].filter((character) => character < ' ' && !'\n\t'.includes(character))).toEqual([])
  expect(bundle).toMatch(/content:["']·["']/)
})

test('nothing in it evaluates text', () => {
  expect(bundle).not.toMatch(/\beval\(|new Function\(|document\.write|insertAdjacentHTML|outerHTML|srcdoc/)
})
