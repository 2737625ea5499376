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
  const [main, { fail }] = [await import('./main.ts'), await import('./fail.ts')]
  await main[name]().catch(fail)
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
    const [commands, { fail }] = [await import('./commands.ts'), await import('./fail.ts')]
    await commands.migrateCommand(args['dry-run']).catch(fail)
  },
})

const prune = defineCommand({
  meta: { name: 'prune', description: 'Remove the oldest dataset versions of an integration' },
  args: {
    integration: { type: 'string', required: true, description: 'Its id, or env' },
    keep: { type: 'string', required: true, description: 'How many of the newest versions stay' },
  },
  async run({ args }) {
    const [commands, { fail }] = [await import('./commands.ts'), await import('./fail.ts')]
    await commands.pruneCommand(args.integration, args.keep).catch(fail)
  },
})

const datasets = defineCommand({
  meta: { name: 'datasets', description: 'Dataset versions' },
  subCommands: { prune },
})

const erase = defineCommand({
  meta: {
    name: 'erase',
    description: "Take one person's data out of everything that was read; erase in ServiceNow first",
  },
  args: {
    person: {
      type: 'string',
      required: true,
      description: 'E-mail address, sys_id or user name; several with commas',
    },
    'dry-run': { type: 'boolean', default: false, description: 'Count and write nothing' },
  },
  async run({ args }) {
    const [commands, { fail }] = [await import('./commands.ts'), await import('./fail.ts')]
    await commands.eraseCommand(args.person, args['dry-run']).catch(fail)
  },
})

await runMain(
  defineCommand({
    meta: { name: 'snowline', description: 'ServiceNow incidents in your own help desk' },
    subCommands: { datasets, demo, erase, migrate, serve },
  }),
)
