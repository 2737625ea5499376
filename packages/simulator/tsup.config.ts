import { cpSync } from 'node:fs'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    serve: 'src/serve.ts',
    scenario: 'src/scenario.ts',
    msw: 'src/msw.ts',
    cli: 'src/cli.ts',
  },
  format: ['esm'],
  target: 'node22',
  platform: 'node',
  sourcemap: true,
  clean: true,
  treeshake: true,
  // The prefix stays: other runtimes know Node's modules by it alone.
  removeNodeProtocol: false,
  dts: process.env.SNOWLINE_DTS !== 'off',
  async onSuccess() {
    cpSync('src/page', 'dist/page', { recursive: true })
  },
})
