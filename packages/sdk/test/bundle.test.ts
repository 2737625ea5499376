/** What the core weighs in a page or a function: minified, in one file, gzipped; what is fetched later does not count, and is told. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

/** The part of esbuild used here; it comes with tsup. */
interface Esbuild {
  build(
    options: object,
  ): Promise<{ outputFiles: { contents: Uint8Array }[]; metafile: { inputs: Record<string, object> } }>
}

interface PluginBuild {
  onResolve(
    filter: { filter: RegExp },
    resolve: (from: { kind: string; path: string }) => object | undefined,
  ): void
}

const { build } = createRequire(createRequire(import.meta.url).resolve('tsup'))('esbuild') as Esbuild
const resolveDir = fileURLToPath(new URL('../src', import.meta.url))

/** The static part of a program. Later chunks stay outside, as any bundler that splits leaves them. */
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

test('every name of the entry: at most 24 KB', async () => {
  const { bytes } = await weigh(`export * from './index.ts'`)
  console.info(`the whole entry: ${bytes} bytes gzipped`)
  expect(bytes).toBeLessThanOrEqual(24 * 1024)
})

test('names that are data cost nearly nothing by themselves', async () => {
  expect((await weigh(`export { incidentStates } from './index.ts'`)).bytes).toBeLessThan(1024)
  expect((await weigh(`export { isSysId } from './index.ts'`)).bytes).toBeLessThan(300)
})
