/** What the core weighs, minified and gzipped: the code a program needs from its start, and what a bundler that splits by file really leaves there. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

/** The part of esbuild used here; it comes with tsup. */
interface Esbuild {
  build(options: object): Promise<{
    outputFiles: { path: string; contents: Uint8Array }[]
    metafile: {
      inputs: Record<string, object>
      outputs: Record<string, { entryPoint?: string; imports: { path: string; kind: string }[] }>
    }
  }>
}

interface PluginBuild {
  onResolve(
    filter: { filter: RegExp },
    resolve: (from: { kind: string; path: string }) => object | undefined,
  ): void
}

const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Esbuild
const resolveDir = fileURLToPath(new URL('../src', import.meta.url))

/** What a program needs from its start: each later chunk is cut off, with whatever it alone needs of the files they share. */
async function weigh(contents: string): Promise<{ bytes: number; inputs: string[] }> {
  const later = {
    name: 'later',
    setup: (plugin: PluginBuild) =>
      plugin.onResolve({ filter: /.*/ }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, external: true } : undefined,
      ),
  }
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [later],
  })
  const [file] = outputFiles
  return {
    bytes: gzipSync(file?.contents ?? new Uint8Array(), { level: 9 }).length,
    inputs: Object.keys(metafile.inputs),
  }
}

const packages = ['zod', 'ofetch', 'citty', 'kysely', 'better-sqlite3', 'node:*']

/**
 * The files that esbuild, splitting, makes a page fetch before the program runs, gzipped one by one. A file that later chunks share stays
 * whole, with the parts that only they need.
 */
async function weighSplit(contents: string): Promise<{ bytes: number; files: number }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    write: false,
    outdir: '/out',
    metafile: true,
    logLevel: 'silent',
    external: packages,
  })
  const first = Object.keys(metafile.outputs).find((name) => metafile.outputs[name]?.entryPoint === '<stdin>')
  const fetched = new Set(first === undefined ? [] : [first])
  for (const name of fetched) {
    for (const { kind, path } of metafile.outputs[name]?.imports ?? [])
      if (kind === 'import-statement' && Object.hasOwn(metafile.outputs, path)) fetched.add(path)
  }
  const bytes = [...fetched].map((name) => {
    const file = outputFiles.find(({ path }) => path.endsWith(name.split('/').at(-1) ?? ''))
    return gzipSync(file?.contents ?? new Uint8Array(), { level: 9 }).length
  })
  return { bytes: bytes.reduce((sum, each) => sum + each, 0), files: fetched.size }
}

const plainRead = `
import { basicAuth, createClient } from './index.ts'
const sn = createClient({ instanceUrl: 'dev12345', auth: basicAuth({ username: 'u', password: 'p' }) })
for await (const incident of sn.incidents.list({ fields: ['number'], where: { active: true } })) console.log(incident.number)
`

test('createClient, basicAuth and a list: at most 15 KB', async () => {
  const { bytes, inputs } = await weigh(plainRead)
  console.info(`a plain read: ${bytes} bytes gzipped`)
  expect(bytes).toBeLessThanOrEqual(15 * 1024)
  expect(inputs.filter((input) => /zod|kysely|better-sqlite3|node_modules/.test(input))).toEqual([])
})

test('the same as a bundler splits it by file: at most 26 KB', async () => {
  const { bytes, files } = await weighSplit(plainRead)
  console.info(`a plain read, split by file: ${bytes} bytes gzipped in ${files} files`)
  expect(files).toBeGreaterThan(1)
  expect(bytes).toBeLessThanOrEqual(26 * 1024)
})

test('every name of the entry: at most 24 KB', async () => {
  const { bytes } = await weigh(`export * from './index.ts'`)
  console.info(`the whole entry: ${bytes} bytes gzipped`)
  expect(bytes).toBeLessThanOrEqual(24 * 1024)
})

test('names that are data cost nearly nothing by themselves', async () => {
  expect((await weigh(`export { incidentStates } from './index.ts'`)).bytes).toBeLessThan(1024)
  expect((await weigh(`export { isSysId } from './index.ts'`)).bytes).toBeLessThan(300)
})
