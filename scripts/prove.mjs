/**
 * `npm run prove [name ...]`: the long form of what `npm test` runs small. Each part is some test files with larger numbers; a variable
 * that is already set wins, and `SEED=` replays one seed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const sync = (name) => `packages/sdk/test/sync/${name}.test.ts`
const wire = (name) => `packages/sdk/test/wire/${name}.test.ts`
const stores = (name) => `packages/sdk/test/stores/${name}.test.ts`
const whole = (name) => `packages/server/test/whole/${name}.test.ts`

/** In the order they run: the quick models first. */
const parts = {
  push: { files: [sync('push-model')], numbers: { SEEDS: 10_000 } },
  queries: {
    files: ['selection', 'structure', 'agreement'].map((name) => `packages/sdk/test/query/${name}.test.ts`),
    numbers: { CASES: 10_000 },
  },
  losers: { files: [sync('losing-pulls'), sync('losing-deletes')], numbers: {} },
  versions: { files: [stores('version-history')], numbers: { SEEDS: 3_000 } },
  pull: { files: [sync('pull-model')], numbers: { SEEDS: 10_000 } },
  engine: { files: [wire('engine-worlds')], numbers: { SEEDS: 1_000 } },
  'real-log': { files: [wire('real-log'), whole('real-log')], numbers: { SEEDS: 5 } },
  kills: {
    files: [whole('kill'), whole('named-points'), whole('rollback-kill')],
    numbers: { KILLS: 100, NAMED_KILLS: 100, ROLLBACK_KILLS: 50 },
  },
  creates: { files: [whole('create-kill')], numbers: { KILLS: 200 } },
  stops: { files: [whole('term')], numbers: { TERMS: 100 } },
  pauses: { files: [whole('pause')], numbers: { PAUSES: 50, REAL_PAUSE: 1 } },
  clocks: { files: [whole('clock')], numbers: { JUMPS: 50 } },
  workers: { files: [whole('two-workers')], numbers: { ROUNDS: 50 } },
  streams: { files: [whole('dropping-client')], numbers: { DROPPED_RUNS: 50 } },
  disk: {
    files: [whole('disk'), whole('corrupt'), whole('spoiled')],
    numbers: { FULL: 20, PAGES_BROKEN: 50, SPOILED: 50 },
  },
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`There is no part "${unknown[0]}". There is: ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}

let failed = 0
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  const { files, numbers } = parts[name]
  const missing = files.find((file) => !existsSync(file))
  if (missing !== undefined) throw new Error(`${name}: ${missing} is not there`)
  const long = Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)]))
  console.log(
    `== prove ${name} ${Object.entries({ ...long })
      .map(([key, value]) => `${key}=${process.env[key] ?? value}`)
      .join(' ')}`,
  )
  const { status } = spawnSync(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--project',
      'node',
      '--test-timeout',
      '36000000',
      ...files,
    ],
    { stdio: 'inherit', env: { ...long, ...process.env } },
  )
  if (status !== 0) failed += 1
}
console.log(failed === 0 ? '== proven' : `== ${failed} of the parts failed`)
if (failed > 0) process.exitCode = 1
