/** The packed package in a project of its own: imported, required, bundled, compiled by three compilers, called by its command. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compilers, filesEnding, installPacked, node, type Project } from './package.ts'

let project: Project
beforeAll(() => {
  project = installPacked()
}, 120_000)
afterAll(() => project?.remove())

const manifest = () => JSON.parse(readFileSync(join(project.installed, 'package.json'), 'utf8'))
const entries = (): string[] =>
  Object.keys(manifest().exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => `@snowline/sdk${subpath.slice(1)}`)

test('only what users need is packed, and every export is there', () => {
  expect(project.packed.filter((path) => !/^(dist\/|README\.md$|package\.json$|LICENSE)/.test(path))).toEqual(
    [],
  )
  for (const conditions of Object.values<Record<string, string>>(manifest().exports)) {
    for (const [name, path] of Object.entries(conditions)) {
      if (name === '@snowline/source') continue
      expect(existsSync(join(project.installed, path)), path).toBe(true)
    }
  }
})

test('publint is content', async () => {
  const { messages } = await publint({ pkgDir: project.installed, level: 'warning', strict: true })
  expect(messages.map((message) => formatMessage(message, manifest()))).toEqual([])
})

test('import and require give the same names at every subpath', () => {
  const names =
    "Object.keys(m).filter((name) => name !== 'module.exports' && name !== '__esModule').sort().join(' ')"
  for (const entry of entries()) {
    const imported = node(project.folder, [
      '--input-type=module',
      '-e',
      `const m = await import('${entry}'); console.log(${names})`,
    ])
    const required = node(project.folder, [
      '--input-type=commonjs',
      '-e',
      `const m = require('${entry}'); console.log(${names})`,
    ])
    expect(required, entry).toBe(imported)
    expect(imported.trim(), entry).not.toBe('')
  }
})

test('a program of five lines runs', () => {
  const program = `
import { basicAuth, createClient } from '@snowline/sdk'
const fetch = async () => Response.json({ result: [{ sys_id: '${'a'.repeat(32)}', number: 'INC1' }] }, { headers: { 'x-total-count': '1' } })
const sn = createClient({ instanceUrl: 'dev12345', auth: basicAuth({ username: 'u', password: 'p' }), fetch })
for await (const incident of sn.incidents.list({ fields: ['number'] })) console.log(incident)
console.log((await sn.doctor()).checks.length > 3)`
  expect(node(project.folder, ['--input-type=module', '-e', program])).toBe("{ number: 'INC1' }\ntrue\n")
})

test('a bundler makes one program of the core, without Node in it', { timeout: 60_000 }, async () => {
  const entry = join(project.folder, 'app.js')
  writeFileSync(entry, "export { createClient, basicAuth, query } from '@snowline/sdk'\n")
  const out = join(project.folder, 'bundle')
  await build({
    root: project.folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      lib: { entry, formats: ['es'], fileName: () => 'app.mjs' },
      outDir: out,
      minify: true,
      target: 'es2022',
    },
  })
  const texts = filesEnding(out, 'js').map((name) => readFileSync(join(out, name), 'utf8'))
  expect(texts.length).toBeGreaterThan(0)
  for (const text of texts)
    expect(text).not.toMatch(/from\s*["']node:|import\(["']node:|__vite-browser-external/)
  const program =
    "const { query } = await import('./bundle/app.mjs'); console.log(String(query().field('a').eq('x^y')))"
  expect(node(project.folder, ['--input-type=module', '-e', program])).toBe('a=x^^y\n')
})

test('the command is there', () => {
  const [name, path] = Object.entries<string>(manifest().bin)[0] ?? []
  expect(name).toBe('snowline-sdk')
  expect(readFileSync(join(project.installed, path ?? ''), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(node(project.folder, [join(project.installed, path ?? ''), '--help'])).toMatch(/types[\s\S]*doctor/)
})

const typeTests = fileURLToPath(new URL('../types/', import.meta.url))
const strict = {
  target: 'ES2023',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: false,
}
const settings = [
  [
    'nodenext',
    {
      module: 'nodenext',
      moduleResolution: 'nodenext',
      lib: ['ES2023', 'ESNext.Disposable'],
      types: ['node'],
    },
    '',
  ],
  [
    'bundler',
    {
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['ES2023', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
      types: [],
    },
    'client.ts',
  ],
] as const
/** The wide setting on every compiler, since declarations break there; the narrow one, without Node's types, on the newest. */
const matrix = compilers().flatMap(([name, tsc]) =>
  settings
    .filter(([setting]) => setting === 'nodenext' || name === 'TypeScript 7')
    .map((setting) => [`${name}, ${setting[0]}`, tsc, setting] as const),
)

test.each(matrix)('types: %s', { timeout: 120_000 }, (name, tsc, [, options, only]) => {
  const folder = join(project.folder, name.replaceAll(/\W+/g, '-'))
  mkdirSync(folder)
  cpSync(typeTests, folder, { recursive: true })
  const imports = entries().map((entry, at) => `export * as entry${at} from '${entry}'`)
  writeFileSync(join(folder, 'entries.ts'), `${imports.join('\n')}\n`)
  // A compiler that checks nothing would be content with everything.
  writeFileSync(
    join(folder, 'wrong.ts'),
    "import { createClient } from '@snowline/sdk'\ncreateClient({ instanceUrl: 1 })\n",
  )
  const include = only === '' ? ['*.ts'] : [only, 'wrong.ts']
  const settings = { compilerOptions: { ...strict, ...options }, include }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  expect(said(folder, tsc).trim().split('\n')).toEqual([
    expect.stringMatching(/^wrong\.ts\(2,\d+\): error TS2\d+: /),
  ])
})

function said(folder: string, tsc: string): string {
  try {
    return node(folder, [tsc, '-p', 'tsconfig.json', '--pretty', 'false'])
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}
