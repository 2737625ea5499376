#!/usr/bin/env node
/** The command `snowline-simulator`: an instance on a port, until SIGTERM or SIGINT. */
import { readFileSync } from 'node:fs'
import { defineCommand, runMain } from 'citty'
import { createInstance, type InstanceOptions } from './instance.ts'
import { OPTIONS, usage, wrongOptions } from './options.ts'
import { didYouMean } from './scenario/nearest.ts'
import { fromScenario, loadScenario, type PresetName, presetNames } from './scenario.ts'
import { serveInstance } from './serve.ts'

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value
  throw new RangeError(`--${name} needs a whole number from ${least}, not "${text}"`)
}

/** The options of the command, all still text; those that were not given are not there. */
type Args = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>

function presetOf(name: string): PresetName {
  const known = presetNames.find((each) => each === name)
  if (known) return known
  throw new RangeError(`--preset: there is no preset "${name}". ${didYouMean(name, presetNames)}`)
}

async function described({ preset, scenario }: Args): Promise<InstanceOptions> {
  if (scenario !== undefined && preset !== undefined)
    throw new RangeError('Give --preset or --scenario; a scenario may name its preset')
  return scenario === undefined ? fromScenario(presetOf(preset ?? 'healthy')) : loadScenario(scenario)
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

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}

/** A wrong option or a taken port is told in its own line; a stack helps nobody here. */
function tell(lines: readonly string[], code: number): void {
  for (const line of lines) process.stderr.write(`snowline-simulator: ${line}\n`)
  process.exitCode = code
}

const texts = Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }])

const command = defineCommand({
  args: { ...Object.fromEntries(texts), tls: { type: 'boolean' } },
  async run({ args: { tls, ...args } }) {
    try {
      await serve(args as Args, tls === true)
    } catch (error) {
      tell([error instanceof Error ? error.message : String(error)], 1)
    }
  },
})

const rawArgs = process.argv.slice(2)
const wrong = wrongOptions(rawArgs)
if (wrong.length > 0) tell([...wrong, '--help shows the options'], 2)
else if (rawArgs.includes('--help') || rawArgs.includes('-h')) process.stdout.write(usage())
else if (rawArgs.includes('--version')) process.stdout.write(`${versionOf()}\n`)
else await runMain(command, { rawArgs })
