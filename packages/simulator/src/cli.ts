#!/usr/bin/env node
/** The command `snowline-simulator`: an instance on a port, until SIGTERM or SIGINT. */
import { defineCommand, runMain } from 'citty'
import { createInstance, type Instance } from './instance.ts'
import { serveInstance } from './serve.ts'

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value
  throw new RangeError(`--${name} needs a whole number from ${least}, not "${text}"`)
}

/** Makes one believable change now and then; gives the way to stop. */
function keepBusy(instance: Instance, everySeconds: number, seed: number): () => void {
  if (everySeconds === 0) return () => undefined
  let turn = seed
  const timer = setInterval(() => instance.control.mutate({ seed: turn++, count: 1 }), everySeconds * 1000)
  return () => clearInterval(timer)
}

/** The options of the command, all still text. */
type Args = Readonly<
  Record<'port' | 'host' | 'incidents' | 'bulk' | 'seed' | 'user' | 'password' | 'latency' | 'busy', string>
>

async function serve(args: Args): Promise<void> {
  const seed = wholeNumber('seed', args.seed, 0)
  const busy = wholeNumber('busy', args.busy, 0)
  const instance = createInstance({
    seed,
    incidents: wholeNumber('incidents', args.incidents, 0),
    bulkIncidents: wholeNumber('bulk', args.bulk, 0),
    users: [{ user: args.user, password: args.password, roles: ['admin', 'itil'] }],
    clock: { now: Date.now },
    latencyMs: wholeNumber('latency', args.latency, 0),
  })
  const served = await serveInstance(instance, { port: wholeNumber('port', args.port, 0), host: args.host })
  const stopWork = keepBusy(instance, busy, seed)
  const stop = (): void => {
    stopWork()
    void served.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.stdout.write(`ready ${served.url}\n`)
}

const command = defineCommand({
  meta: {
    name: 'snowline-simulator',
    description: 'A pretend ServiceNow instance on a port of this machine.',
  },
  args: {
    port: { type: 'string', default: '4412', description: 'Port; 0 takes any free one' },
    host: { type: 'string', default: '127.0.0.1', description: 'Address to listen on' },
    incidents: { type: 'string', default: '400', description: 'How many incidents to begin with' },
    bulk: {
      type: 'string',
      default: '0',
      description: 'Incidents more without journals, for a million of them',
    },
    seed: { type: 'string', default: '1', description: 'The same seed gives the same data' },
    user: { type: 'string', default: 'admin', description: 'User name for Basic auth' },
    password: { type: 'string', default: 'admin', description: 'Password for Basic auth' },
    latency: { type: 'string', default: '0', description: 'Milliseconds before each answer' },
    busy: { type: 'string', default: '0', description: 'One change every so many seconds; 0 for none' },
  },
  async run({ args }) {
    try {
      await serve(args)
    } catch (error) {
      // A wrong option or a taken port is told in one line; a stack helps nobody here.
      process.stderr.write(`snowline-simulator: ${error instanceof Error ? error.message : String(error)}\n`)
      process.exitCode = 1
    }
  },
})

await runMain(command)
