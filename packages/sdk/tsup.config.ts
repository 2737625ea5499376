import { defineConfig } from 'tsup'

/** Tests and `npm start` need no declarations; a release does. */
const dts = process.env.SNOWLINE_DTS !== 'off'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    sync: 'src/sync/index.ts',
    query: 'src/query/index.ts',
    mapper: 'src/mapper/index.ts',
    'stores/memory': 'src/stores/memory.ts',
    'stores/sqlite': 'src/stores/sqlite.ts',
    'auth/jwt-bearer': 'src/http/jwt-bearer.ts',
    schemas: 'src/schemas/index.ts',
    node: 'src/node/index.ts',
    cli: 'src/cli/main.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm'],
  target: 'node22',
  platform: 'neutral',
  external: [/^node:/, 'better-sqlite3'],
  // A release is read as it is, not minified; maps with its sources would be two thirds of it.
  sourcemap: !dts,
  clean: true,
  treeshake: true,
  // The prefix stays: other runtimes know Node's modules by it alone.
  removeNodeProtocol: false,
  dts,
})
