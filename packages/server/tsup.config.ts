import { cpSync, existsSync } from 'node:fs'
import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: ['esm'],
  target: 'node22',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  // What server and widget say to each other is no package of its own: its code and its types travel inside.
  noExternal: ['@snowline/protocol'],
  dts:
    process.env.SNOWLINE_DTS === 'off'
      ? false
      : { entry: { index: 'src/index.ts' }, resolve: ['@snowline/protocol'] },
  async onSuccess() {
    if (existsSync('src/pages')) cpSync('src/pages', 'dist/pages', { recursive: true })
  },
})
