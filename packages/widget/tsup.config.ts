/** Two builds: the library (lit stays outside, protocol comes in, types too) and the two files for a script tag. */
import { readFile } from 'node:fs/promises'
import { defineConfig, type Options } from 'tsup'

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number]
type OutputPlugin = NonNullable<Options['plugins']>[number]

const source: Options['esbuildOptions'] = (options) => {
  options.conditions = ['@snowline/source']
  options.charset = 'utf8'
  options.chunkNames = 'elements'
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
    esbuildPlugins: [smallStyles],
    plugins: [smallTemplates, smallLicences],
    esbuildOptions: source,
  }
}

/** No `clean`: the builds write into one folder at the same time, and the names of the files never change. */
export default defineConfig([
  {
    entry: { index: 'src/index.ts', define: 'src/define.ts' },
    format: ['esm'],
    dts: process.env.SNOWLINE_DTS === 'off' ? false : types,
    noExternal: ['@snowline/protocol'],
    platform: 'browser',
    target: 'es2022',
    splitting: true,
    sourcemap: true,
    esbuildOptions: source,
  },
  oneFile({ snowline: 'src/cdn.ts' }),
  oneFile({ 'snowline-all': 'src/cdn-all.ts' }),
])
