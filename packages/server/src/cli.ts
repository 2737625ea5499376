#!/usr/bin/env node
/** The command `snowline`. Looks at Node's version before anything that needs a newer one is loaded: an older one ends without a word. */
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { defineCommand, runMain } from 'citty'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Snowline needs Node 22.18 or later; this is ${process.versions.node}.\n`)
  process.exit(1)
}
// A small heap that is collected early: pages are garbage soon, and memory stays flat whatever the machine has (decisions/0004).
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--heap-growing-percent=50')
// Real variables win over those of the file.
if (existsSync('.env')) process.loadEnvFile('.env')

/** Runs a command of main.ts, which loads the database driver and is therefore loaded last. */
async function run(name: 'serveCommand' | 'demoCommand'): Promise<void> {
  const main = await import('./main.ts')
  await main[name]().catch(main.fail)
}

const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve the configured ServiceNow instance' },
  run: () => run('serveCommand'),
})

const demo = defineCommand({
  meta: { name: 'demo', description: 'Serve a pretend instance with three accounts, on loopback' },
  run: () => run('demoCommand'),
})

const migrate = defineCommand({
  meta: {
    name: 'migrate',
    description: "Prepare the SQLite file of an existing application for its tickets' links",
  },
  args: {
    'dry-run': { type: 'boolean', default: false, description: 'Print the SQL and write nothing' },
  },
  async run({ args }) {
    const main = await import('./main.ts')
    await main.migrateCommand(args['dry-run']).catch(main.fail)
  },
})

await runMain(
  defineCommand({
    meta: { name: 'snowline', description: 'ServiceNow incidents in your own help desk' },
    subCommands: { demo, migrate, serve },
  }),
)
