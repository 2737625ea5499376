/** The import rules of ARCHITECTURE.md, section "What must never import what"; a failure names the rule. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, type Import, importsBelow, root } from './sources.ts'

const packages = ['protocol', 'sdk', 'simulator', 'server', 'widget']
const all = packages.flatMap((name) => importsBelow(`packages/${name}/src`))
const inside = (prefix: string) => all.filter((each) => each.file.startsWith(prefix))
const show = (each: Import) => `${each.file} -> ${each.specifier}`
const breaks = (imports: readonly Import[], rule: (each: Import) => boolean) => imports.filter(rule).map(show)
const isPackage = (specifier: string, name: string) => specifier === name || specifier.startsWith(`${name}/`)

test('rule 1: the widget never imports sdk, server, simulator, zod or node:', () => {
  const refused = [
    '@snowline/sdk',
    '@snowline/server',
    '@snowline/simulator',
    '@snowline/protocol/schemas',
    'zod',
  ]
  expect(
    breaks(
      inside('packages/widget/src/'),
      ({ specifier }) => specifier.startsWith('node:') || refused.some((name) => isPackage(specifier, name)),
    ),
  ).toEqual([])
})

test('rule 2: the sdk never imports protocol, server or h3; drivers only in stores, node: only outside its core', () => {
  const sdk = inside('packages/sdk/src/')
  const refused = ['@snowline/protocol', '@snowline/server', '@snowline/simulator', '@snowline/widget', 'h3']
  expect(breaks(sdk, ({ specifier }) => refused.some((name) => isPackage(specifier, name)))).toEqual([])
  const drivers = ['better-sqlite3', 'kysely', 'pg']
  expect(
    breaks(
      sdk,
      ({ file, specifier }) =>
        drivers.some((name) => isPackage(specifier, name)) && !file.includes('/stores/'),
    ),
  ).toEqual([])
  const mayUseNode = /\/src\/(stores|node|testing|typegen|cli)\//
  expect(
    breaks(sdk, ({ file, specifier }) => specifier.startsWith('node:') && !mayUseNode.test(file)),
  ).toEqual([])
})

test('rule 3: the simulator imports none of ours', () => {
  expect(
    breaks(inside('packages/simulator/src/'), ({ specifier }) => specifier.startsWith('@snowline/')),
  ).toEqual([])
})

test('rule 4: ofetch, h3 and listhen each have one room', () => {
  const only = (name: string, room: RegExp) =>
    breaks(all, ({ file, specifier }) => isPackage(specifier, name) && !room.test(file))
  expect(only('ofetch', /^packages\/sdk\/src\/http\/transport\.ts$/)).toEqual([])
  expect(only('h3', /^packages\/server\/src\/(app\.ts|http\/|routes\/|auth\/)/)).toEqual([])
  expect(only('listhen', /^packages\/server\/src\/main\.ts$/)).toEqual([])
})

test('rule 5: the pure rooms have no clock, no chance and no I/O of their own', () => {
  const pure = [
    'packages/sdk/src/mapper',
    'packages/sdk/src/query',
    'packages/sdk/src/model',
    'packages/sdk/src/sync',
    'packages/protocol/src',
    'packages/widget/src/state',
  ]
  const forbidden =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bsetTimeout\(|\bsetInterval\(|[^.\w]fetch\(/
  const guilty = pure
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => [...filesBelow(folder)])
    .filter((file) => forbidden.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
  expect(guilty).toEqual([])
})

test('rule 6: the sync sees ports, never the client', () => {
  expect(
    breaks(inside('packages/sdk/src/sync/'), ({ target }) =>
      /\/src\/(client|http|query|adapters|stores)\//.test(target ?? ''),
    ),
  ).toEqual([])
})

test("rule 7: no import of another package's src or test", () => {
  expect(
    breaks(all, ({ file, specifier, target }) => {
      if (target === null) return /^@snowline\/[a-z]+\/(src|test)/.test(specifier)
      return !target.startsWith(file.split('/').slice(0, 3).join('/'))
    }),
  ).toEqual([])
})

test('rule 8: relative imports carry the extension, name a file, and make no circle', () => {
  const relative = all.filter((each) => each.target !== null)
  expect(
    breaks(
      relative,
      ({ target }) => !existsSync(join(root, target ?? '')) || !/\.(ts|json)$/.test(target ?? ''),
    ),
  ).toEqual([])
  expect(circle(relative)).toEqual([])
})

test('rule 8: within the sdk imports run downward', () => {
  const floors: Record<string, readonly string[]> = {
    base: [],
    model: ['base'],
    ports: ['base', 'model'],
    tables: ['base'],
    query: ['base', 'tables'],
    http: ['base'],
    mapper: ['base', 'tables'],
    // The doctor is reached by import() alone, when it is asked for.
    client: ['base', 'tables', 'query', 'http', 'doctor', 'schemas'],
    stores: ['base', 'model', 'ports'],
    testing: ['base', 'model', 'ports'],
    sync: ['base', 'model', 'ports', 'mapper'],
    adapters: ['base', 'model', 'ports', 'tables', 'query', 'client', 'sync'],
    schemas: ['base', 'tables'],
    doctor: ['base', 'tables', 'client', 'sync', 'adapters'],
    typegen: ['base', 'tables', 'query', 'client'],
    node: ['base', 'doctor'],
    cli: ['base', 'client', 'doctor', 'node', 'typegen', 'index.ts'],
  }
  const room = (path: string) => path.split('/')[3] ?? ''
  expect(
    breaks(inside('packages/sdk/src/'), ({ file, target }) => {
      const [from, to] = [room(file), room(target ?? file)]
      if (from === to || from === 'index.ts') return false
      return !(floors[from] ?? []).includes(to)
    }),
  ).toEqual([])
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}

/** The first circle found, as the files in order; empty when there is none. */
function circle(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, (each) => each.file)
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    for (const each of next.get(file) ?? []) {
      const found = walk(each.target ?? '', [...path, file])
      if (found.length > 0) return found
    }
    done.add(file)
    return []
  }
  for (const file of next.keys()) {
    const found = walk(file, [])
    if (found.length > 0) return found
  }
  return []
}
