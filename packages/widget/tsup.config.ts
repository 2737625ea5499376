/** Two builds: the library (lit stays outside, protocol comes in, types too) and the files for a script tag. */
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'

const root = import.meta.dirname

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number]
type OutputPlugin = NonNullable<Options['plugins']>[number]

const source: Options['esbuildOptions'] = (options) => {
  options.conditions = ['@snowline/source']
  options.charset = 'utf8'
  options.chunkNames = 'elements-[hash]'
}

/** Types of protocol come in as source: it is never published. */
const types: Options['dts'] = {
  compilerOptions: { paths: { '@snowline/protocol': ['../protocol/src/index.ts'] } },
}

/** A minifier leaves template literals alone; the sheets in `*.styles.ts` are plain CSS and can be minified as such. */
const smallStyles: EsbuildPlugin = {
  name: 'small-styles',
  setup(build) {
    build.onLoad({ filter: /\.styles\.ts$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8')
      for (const [whole, sheet = ''] of contents.matchAll(/css`([^`$]*)`/g)) {
        const { code } = await build.esbuild.transform(sheet, {
          loader: 'css',
          minify: true,
          charset: 'utf8',
        })
        if (/[\\`$]/.test(code))
          throw new Error(`${path}: an escape in a sheet would be read as one of the template`)
        contents = contents.replace(whole, () => `css\`${code.trim()}\``)
      }
      return { contents, loader: 'ts' }
    })
  },
}

/** The paths of protocol as single constants, so that a file carries only those it asks: an object cannot be shaken. */
const smallPaths: EsbuildPlugin = {
  name: 'small-paths',
  setup(build) {
    build.onLoad({ filter: /protocol\/src\/paths\.ts$/ }, async ({ path }) => {
      const [, head = '', members = ''] =
        /^([\s\S]*)export const paths = \{\n([\s\S]*?)\} as const\n$/.exec(await readFile(path, 'utf8')) ?? []
      if (members === '') throw new Error(`${path} is not one object any more`)
      const single = members.replace(/,\n(?= {2}\w+:|$)/g, '\n').replace(/^ {2}(\w+):/gm, 'export const $1 =')
      return { contents: head + single, loader: 'ts' }
    })
    // Only what is imported as a namespace, straight from its module, can be left out member by member.
    build.onLoad({ filter: /widget\/src\/api\/[\w-]+\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const contents = text.replace(
        /(import \{[^}]*?)\bpaths\b,?([^}]*\} from '@snowline\/protocol')/,
        '$1$2',
      )
      if (contents === text) return { contents, loader: 'ts' }
      const direct = join(root, '../protocol/src/paths.ts')
      return { contents: `import * as paths from ${JSON.stringify(direct)}\n${contents}`, loader: 'ts' }
    })
  },
}

/** After minifying, an indented line can only stand inside an HTML template, where it means one space. */
const smallTemplates: OutputPlugin = {
  name: 'small-templates',
  renderChunk: (code) => ({ code: code.replace(/\n {2,}/g, ' ') }),
}

const licences = /\/\*! Bundled license information:[\s\S]*?\*\/\s*$/

/** The notices of what is inside, each said once and without the names of the files it stands in. */
const smallLicences: OutputPlugin = {
  name: 'small-licences',
  renderChunk(code) {
    const [block = ''] = code.match(licences) ?? []
    const notices = [...block.matchAll(/(Copyright .*?) \* (SPDX-License-Identifier: \S+)/g)]
    const told = new Set(notices.map(([, owner, licence]) => `${owner} ${licence}`))
    if (told.size === 0) throw new Error('The bundle names no licence: lit must be named')
    return { code: code.replace(licences, `/*! ${[...told].join(', ')} */\n`) }
  },
}

/** The script tag's own door to what comes later, in place of the library's. */
const doorForScripts: EsbuildPlugin = {
  name: 'door-for-scripts',
  setup(build) {
    build.onResolve({ filter: /\/load-admin\.ts$/ }, () => ({ path: join(root, 'src/cdn-load-admin.ts') }))
  },
}

/** Modules the script tag's file has anyway: everything its door imports. */
async function shared(): Promise<ReadonlySet<string>> {
  const door = await readFile(join(root, 'src/cdn-load-admin.ts'), 'utf8')
  return new Set([...door.matchAll(/ from '([^']+)'/g)].map(([, from = '']) => from))
}

/** What the chunk shares with the file that loads it is left open, under one name. */
const openParts: EsbuildPlugin = {
  name: 'open-parts',
  async setup(build) {
    const names = await shared()
    build.onResolve({ filter: /./ }, ({ path, importer }) => {
      const own = path.startsWith('.') && importer !== ''
      const name = own ? `./${relative(join(root, 'src'), join(dirname(importer), path))}` : path
      return names.has(name) ? { path: 'snowline', external: true } : undefined
    })
  },
}

const notice = '/*! eventsource-parser: Copyright Espen Hovlandsdal SPDX-License-Identifier: MIT */'

/** The chunk as a function of the parts it shares: no second Lit, and no import that a renamed or versioned script would miss. */
function chunk(entry: Record<string, string>): Options {
  return {
    entry,
    format: ['cjs'],
    outExtension: () => ({ js: '.js' }),
    dts: false,
    noExternal: [/.*/],
    platform: 'browser',
    target: 'es2022',
    splitting: false,
    minify: true,
    esbuildPlugins: [openParts, smallPaths, smallStyles],
    plugins: [smallTemplates],
    esbuildOptions(options) {
      options.conditions = ['@snowline/source']
      options.charset = 'utf8'
      options.banner = { js: `${notice}\nexport default (require) => {const module = {exports: {}};` }
      options.footer = { js: 'return module.exports}' }
    },
  }
}

/** Everything in one minified file, for a script tag. */
function oneFile(entry: Record<string, string>): Options {
  return {
    entry,
    format: ['esm'],
    dts: false,
    noExternal: [/.*/],
    platform: 'browser',
    target: 'es2022',
    splitting: false,
    minify: true,
    esbuildPlugins: [doorForScripts, smallPaths, smallStyles],
    plugins: [smallTemplates, smallLicences],
    esbuildOptions: source,
  }
}

/** The builds write into one folder at the same time: the library's takes only its own former chunks away. */
export default defineConfig([
  {
    entry: { index: 'src/index.ts', define: 'src/define.ts' },
    format: ['esm'],
    dts: process.env.SNOWLINE_DTS === 'off' ? false : types,
    noExternal: ['@snowline/protocol'],
    platform: 'browser',
    target: 'es2022',
    splitting: true,
    clean: ['!snowline*', '!{index,define}.*'],
    sourcemap: true,
    esbuildOptions: source,
  },
  oneFile({ snowline: 'src/cdn.ts' }),
  oneFile({ 'snowline-all': 'src/cdn-all.ts' }),
  chunk({ 'snowline-admin': 'src/admin.ts' }),
])
