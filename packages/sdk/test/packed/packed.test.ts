/** The packed package in a project of its own: imported, required, bundled, compiled by three compilers, called by its command. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dictionary, formatDictionary } from '../../src/typegen/dictionary.ts'
import { readDictionary } from '../../src/typegen/read-dictionary.ts'
import { clientOf, dictionaryInstance } from '../typegen/platform.ts'
import { compilers, filesEnding, installPacked, node, type Project } from './package.ts'

let project: Project
let dictionary: Dictionary
beforeAll(async () => {
  project = installPacked()
  const asked = ['incident', 'u_vip_incident', 'sys_user']
  dictionary = await readDictionary(clientOf(dictionaryInstance()), asked)
}, 120_000)
afterAll(() => project?.remove())

const manifest = () => JSON.parse(readFileSync(join(project.installed, 'package.json'), 'utf8'))
const entries = (): string[] =>
  Object.keys(manifest().exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => `@snowline/sdk${subpath.slice(1)}`)

test('only what users need is packed, the licence too, and every export is there', () => {
  expect(
    project.packed.filter((path) => !/^(dist\/.*\.(js|d\.ts)|README\.md|package\.json|LICENSE)$/.test(path)),
  ).toEqual([])
  expect(project.packed).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
  for (const conditions of Object.values<Record<string, string>>(manifest().exports)) {
    expect(Object.keys(conditions)).toEqual(['types', 'default'])
    for (const path of Object.values(conditions)) {
      expect(existsSync(join(project.installed, path)), path).toBe(true)
    }
  }
})

test('a build names no map that is not packed', () => {
  for (const name of filesEnding(join(project.installed, 'dist'), '.js'))
    expect(readFileSync(join(project.installed, 'dist', name), 'utf8'), name).not.toContain(
      'sourceMappingURL',
    )
})

test('modules of Node are imported with their prefix', () => {
  const found = filesEnding(join(project.installed, 'dist'), '.js').flatMap((name) => {
    const text = readFileSync(join(project.installed, 'dist', name), 'utf8')
    const imports = text.matchAll(
      /^(?:import|export) [^'"]*?["']([^'"]+)["'];?$|\bimport\(["']([^'"]+)["']\)/gm,
    )
    return [...imports].map(([, fixed, lazy]) => fixed ?? lazy ?? '').filter(isBuiltin)
  })
  expect(found).toEqual(expect.arrayContaining(['node:fs', 'node:dns/promises']))
  expect(found.filter((name) => !name.startsWith('node:'))).toEqual([])
})

/**
 * What publint checks, on the files as they are packed: that every file `exports`, `bin` and `types` name is there and is what its ending
 * and `type` say (ESM, not CommonJS), that `types` stands first, that the command begins with a shebang, and that no field is deprecated
 * or misspelt. That declarations can be read is checked below by three compilers.
 */
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
  const core = await bundle("export { createClient, basicAuth, query } from '@snowline/sdk'")
  expect(core.modulesOfNode).toEqual([])
  expect(core.text).not.toMatch(/__vite-browser-external|from\s*["']node:|import\(["']node:/)
  const program =
    "const { query } = await import('./bundle/app.mjs'); console.log(String(query().field('a').eq('x^y')))"
  expect(node(project.folder, ['--input-type=module', '-e', program])).toBe('a=x^^y\n')
  // What needs Node is seen by the same eyes.
  const other = await bundle("export { networkChecks } from '@snowline/sdk/node'")
  expect(other.modulesOfNode).toEqual(expect.arrayContaining(['node:dns/promises', 'node:tls']))
})

/** A program of one line as Vite makes it for a page: its text, and the modules of Node it asks for. */
async function bundle(line: string): Promise<{ text: string; modulesOfNode: string[] }> {
  const entry = join(project.folder, 'app.js')
  writeFileSync(entry, `${line}\n`)
  const out = join(project.folder, 'bundle')
  const asked = new Set<string>()
  await build({
    root: project.folder,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'modules-of-node',
        enforce: 'pre',
        resolveId: (name) => {
          if (isBuiltin(name)) asked.add(name)
        },
      },
    ],
    build: {
      lib: { entry, formats: ['es'], fileName: () => 'app.mjs' },
      outDir: out,
      emptyOutDir: true,
      minify: true,
      target: 'es2022',
    },
  })
  const texts = filesEnding(out, 'js').map((name) => readFileSync(join(out, name), 'utf8'))
  expect(texts.length).toBeGreaterThan(0)
  return { text: texts.join('\n'), modulesOfNode: [...asked] }
}

const command = (...args: string[]): string =>
  node(project.folder, [join(project.installed, Object.values<string>(manifest().bin)[0] ?? ''), ...args])

test('the command is there, and tells its version and how it ends', () => {
  const [name, path] = Object.entries<string>(manifest().bin)[0] ?? []
  expect(name).toBe('snowline-sdk')
  expect(readFileSync(join(project.installed, path ?? ''), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(command('--help')).toMatch(/types[\s\S]*doctor/)
  expect(command('--version')).toBe(`${manifest().version}\n`)
  for (const each of ['types', 'doctor']) expect(command(each, '--help')).toMatch(/Ends with 0 .* with 1 /)
})

test.each([
  [
    ['types', '--tables', 'incident', '--out', 'no.ts', '--chekc'],
    /unknown option --chekc: did you mean --check\?/,
  ],
  [['--chekc', 'types'], /--chekc stands before the command/],
])('a mistyped word ends with 1: %j', (words, message) => {
  let failure: unknown
  try {
    command(...words)
  } catch (error) {
    failure = error
  }
  expect(failure).toMatchObject({ status: 1, stderr: expect.stringMatching(message) })
  expect(existsSync(join(project.folder, 'no.ts'))).toBe(false)
})

const typeTests = fileURLToPath(new URL('../types/', import.meta.url))
const strict = {
  target: 'ES2023',
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  noUnusedLocals: true,
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
  if (only === '') writeGenerated(folder)
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

/** Types that the packed command makes of a dictionary, and a program that uses them. */
function writeGenerated(folder: string): void {
  const kept = join(folder, 'dictionary.json')
  writeFileSync(kept, formatDictionary(dictionary))
  command('types', '--from', kept, '--out', join(folder, 'sn.gen.ts'))
  writeFileSync(
    join(folder, 'generated.ts'),
    `import { basicAuth, createClient } from '@snowline/sdk'
import type { Tables } from './sn.gen.ts'
const sn = createClient<Tables>({ instanceUrl: 'dev1', auth: basicAuth({ username: 'a', password: 'b' }) })
export async function read(): Promise<'true' | 'false' | undefined> {
  const [row] = await sn.table('u_vip_incident').list({ fields: ['active', 'u_odd'] }).toArray({ limit: 1 })
  return row?.active
}
`,
  )
}

function said(folder: string, tsc: string): string {
  try {
    return node(folder, [tsc, '-p', 'tsconfig.json', '--pretty', 'false'])
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}
