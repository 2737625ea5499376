import { cpSync, existsSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

/** Types of protocol come in as source: it is never published. */
const types: Options['dts'] = {
  entry: { index: 'src/index.ts' },
  compilerOptions: { paths: { '@snowline/protocol': ['../protocol/src/index.ts'] } },
}

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: ['esm'],
  target: 'node22',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  // The prefix stays: other runtimes know Node's modules by it alone.
  removeNodeProtocol: false,
  // What server and widget say to each other is no package of its own: its code and its types travel inside.
  noExternal: ['@snowline/protocol'],
  dts: process.env.SNOWLINE_DTS === 'off' ? false : types,
  async onSuccess() {
    if (existsSync('src/pages')) cpSync('src/pages', 'dist/pages', { recursive: true })
  },
})
