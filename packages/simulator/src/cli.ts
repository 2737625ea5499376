#!/usr/bin/env node
/** The command `snowline-simulator`: an instance on a port, until SIGTERM or SIGINT. */
import { defineCommand, runMain } from 'citty'
import { createInstance, type InstanceOptions } from './instance.ts'
import { fromScenario, loadScenario, type PresetName, presetNames, presets } from './scenario.ts'
import { serveInstance } from './serve.ts'

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value
  throw new RangeError(`--${name} needs a whole number from ${least}, not "${text}"`)
}

/** The options of the command, all still text; those that were not given are not there. */
type Args = Readonly<
  Partial<
    Record<
      | 'port'
      | 'host'
      | 'preset'
      | 'scenario'
      | 'incidents'
      | 'bulk'
      | 'seed'
      | 'user'
      | 'password'
      | 'latency'
      | 'busy',
      string
    >
  >
>

async function described({ preset, scenario }: Args): Promise<InstanceOptions> {
  if (scenario !== undefined && preset !== undefined)
    throw new RangeError('Give --preset or --scenario; a scenario may name its preset')
  return scenario === undefined ? fromScenario((preset ?? 'healthy') as PresetName) : loadScenario(scenario)
}

/** What single options change of what was described. */
function changes(args: Args): InstanceOptions {
  const { user, password, incidents, bulk, seed, latency } = args
  const signIn = { user: user ?? 'admin', password: password ?? 'admin', roles: ['admin', 'itil'] }
  return {
    ...(seed === undefined ? {} : { seed: wholeNumber('seed', seed, 0) }),
    ...(incidents === undefined ? {} : { incidents: wholeNumber('incidents', incidents, 0) }),
    ...(bulk === undefined ? {} : { bulkIncidents: wholeNumber('bulk', bulk, 0) }),
    ...(latency === undefined ? {} : { latencyMs: wholeNumber('latency', latency, 0) }),
    ...(user === undefined && password === undefined ? {} : { users: [signIn] }),
  }
}

async function serve(args: Args, tls: boolean): Promise<void> {
  // People at a screen expect a clock that goes, unless their scenario says otherwise.
  const options = { clock: { now: Date.now }, ...(await described(args)), ...changes(args) }
  const busy = args.busy === undefined ? undefined : wholeNumber('busy', args.busy, 0)
  const instance = createInstance({
    ...options,
    begin(control) {
      options.begin?.(control)
      if (busy !== undefined)
        control.work(busy === 0 ? undefined : { everySeconds: busy, seed: options.seed ?? 1 })
    },
  })
  const port = wholeNumber('port', args.port ?? '4412', 0)
  const host = args.host === undefined ? {} : { host: args.host }
  const served = await serveInstance(instance, { port, ...host, ...(tls ? { tls: 'self-signed' } : {}) })
  const stop = (): void => void served.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(`ready ${served.url}\n`)
}

const presetLines = presetNames.map((name) => `${name}: ${presets[name].sentence}`).join(' ')

const command = defineCommand({
  meta: {
    name: 'snowline-simulator',
    description: 'A pretend ServiceNow instance on a port of this machine, with a page for people at /.',
  },
  args: {
    port: { type: 'string', description: 'Port; 0 takes any free one (default 4412)' },
    host: { type: 'string', description: 'Address to listen on (default 127.0.0.1)' },
    preset: { type: 'string', description: `What kind of instance (default healthy). ${presetLines}` },
    scenario: { type: 'string', description: 'A file that describes the instance, JSON or YAML' },
    incidents: { type: 'string', description: 'How many incidents to begin with (presets: 400)' },
    bulk: { type: 'string', description: 'Incidents more without journals, for a million of them' },
    seed: { type: 'string', description: 'The same seed gives the same data (default 1)' },
    user: { type: 'string', description: 'The one user who may sign in, in place of the preset’s' },
    password: { type: 'string', description: 'The password of that user (default admin)' },
    latency: { type: 'string', description: 'Milliseconds before each answer' },
    busy: { type: 'string', description: 'One change every so many seconds; 0 for none' },
    tls: { type: 'boolean', description: 'HTTPS with a certificate made for the occasion' },
  },
  async run({ args }) {
    try {
      const { tls = false, ...texts } = args
      await serve(texts, tls)
    } catch (error) {
      // A wrong option or a taken port is told in one line; a stack helps nobody here.
      process.stderr.write(`snowline-simulator: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  },
})

await runMain(command)
