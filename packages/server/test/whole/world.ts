/** A data folder, an instance behind HTTP, one integration between them, and the server processes a test starts on them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createInstance, type Instance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'
import { expect } from 'vitest'
import { Checker } from './checker.ts'
import type { Point } from './orders.ts'
import { randomOf } from './seeded.ts'
import { freePort, ServerProcess, type SseEvent } from './server-process.ts'

export interface WorldOptions {
  incidents: number
  latencyMs?: number
  env?: Record<string, string>
  /** Default: a new folder of its own. */
  dataDir?: string
  /** Stands between the server and the instance. */
  between?: (instance: Instance) => Instance['fetch']
}

export interface World {
  readonly instance: Instance
  /** Where the instance answers. */
  readonly origin: string
  readonly dataDir: string
  /** The database. */
  readonly file: string
  /** Id of the integration. */
  readonly integration: string
  readonly checker: Checker
  /** The first server: hooked, signed in. */
  readonly server: ServerProcess
  /** Another one on the same data, hooked and signed in. */
  start(env?: Record<string, string>): Promise<ServerProcess>
  /** Stores one more integration of the same instance and gives its id. */
  integrate(server: ServerProcess): Promise<string>
  /** Ends every process and removes the folder. */
  close(): Promise<void>
}

/** The seed of a test: drawn, printed, and had again with `SEED=`. */
export function seedOf(name: string): number {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000)
  console.log(`${name}: SEED=${seed}`)
  return seed
}

/** How many incidents a test makes: few in the daily run, as many as the variable says in the long one. */
export function countOf(variable: string, daily: number): number {
  return Number(process.env[variable] ?? daily)
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'snowline-world-'))
  const instance = createInstance({
    seed: 1,
    incidents: options.incidents,
    latencyMs: options.latencyMs ?? 0,
    clock: { now: () => Date.now() },
  })
  const served = { ...instance, fetch: options.between?.(instance) ?? instance.fetch }
  const simulator = await serveInstance(served, { port: 0, host: '127.0.0.1' })
  const started: ServerProcess[] = []
  const start = async (env: Record<string, string> = {}): Promise<ServerProcess> => {
    const server = await ServerProcess.start({
      dataDir,
      port: await freePort(),
      hooked: true,
      env: { SN_ALLOWED_ORIGINS: simulator.url, ...options.env, ...env },
    })
    started.push(server)
    await server.signIn()
    return server
  }
  const integrate = async (server: ServerProcess): Promise<string> => {
    const config = { url: simulator.url, username: 'admin', password: 'admin' }
    const integration = { service_name: 'ServiceNow', auth_type: 'basic_auth', config }
    const created = await server.call('POST', '/api/integrations', integration)
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    return (created.body.integration as { id: string }).id
  }
  const server = await start()
  const integration = await integrate(server)
  const file = join(dataDir, 'snowline.db')
  return {
    instance,
    origin: simulator.url,
    dataDir,
    file,
    integration,
    checker: new Checker(file, integration, instance),
    server,
    start,
    integrate,
    async close() {
      await Promise.all(started.map((each) => each.end('SIGKILL')))
      await simulator.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Work goes on in the instance: `count` believable changes, and a few incidents are deleted. */
export function change({ instance }: World, seed: number, count: number): void {
  instance.control.mutate({ seed, count })
  const random = randomOf(seed)
  const at = new Date().toISOString()
  const all = instance.control.records('incident').map((record) => record.sys_id ?? '')
  const gone = new Set(Array.from({ length: 3 }, () => all[Math.floor(random() * all.length)] ?? ''))
  instance.control.play([...gone].map((sys_id) => ({ at, op: 'delete' as const, sys_id })))
}

/** Starts a sync and follows it; what arrived before a break stays in `into`, and nothing is thrown. */
export async function follow(
  server: ServerProcess,
  integration: string,
  into: SseEvent[] = [],
): Promise<SseEvent[]> {
  return server.events('POST', `/api/integrations/${integration}/sync`, into).catch(() => into)
}

/** Starts a sync and halts its process at a point of it; `halted` is false when the run ended before the point was reached. */
export async function halt(
  server: ServerProcess,
  integration: string,
  at: { point: Point; nth: number },
  seen: SseEvent[] = [],
): Promise<{ stream: Promise<void>; halted: boolean }> {
  await server.order({ kind: 'strike', ...at, signal: 'SIGSTOP' })
  const state = { ended: false }
  const stream = follow(server, integration, seen).then(() => {
    state.ended = true
  })
  while (!server.halted && !state.ended) await wait(2)
  return { stream, halted: server.halted }
}

/** The run of a stream, null when none began or not one of its events arrived. */
export function runOf(events: readonly SseEvent[]): string | null {
  return events.find((event) => event.id !== '')?.id.split(':')[0] ?? null
}

/** Two syncs, both complete: the first brings everything home, the second finds nothing and writes nothing (I4, I15); then everything is judged. */
export async function settle(world: World, server: ServerProcess, told: string): Promise<void> {
  const first = await follow(server, world.integration)
  const words = () => server.output.slice(-2_000)
  expect(first.at(-1)?.type, `${told}: ${JSON.stringify(first.at(-1))}\n${words()}`).toBe('complete')
  const before = world.checker.still()
  const second = await follow(server, world.integration)
  expect(second.at(-1)?.type, `${told}: ${JSON.stringify(second.at(-1))}\n${words()}`).toBe('complete')
  expect(second.at(-1)?.data.stats, told).toMatchObject({ added: 0, updated: 0, deleted: 0, total: 0 })
  expect(world.checker.still(), `${told}: an empty sync writes nothing`).toBe(before)
  expect(world.checker.atRest().slice(0, 10), told).toEqual([])
}

/** The end of a test: settled, and everything that was ever sealed or written down judged from the beginning. */
export async function settleAtEnd(world: World, server: ServerProcess, seed: number): Promise<void> {
  const told = `SEED=${seed} at the end`
  await settle(world, server, told)
  expect(world.checker.everything().slice(0, 10), told).toEqual([])
}

/** Every event that reached a client is replayed as it was; the replay begins at 1, has no gap and one end. */
export async function checkReplay(
  server: ServerProcess,
  seen: readonly SseEvent[],
  told: string,
): Promise<void> {
  const runId = runOf(seen)
  if (runId === null) return
  const replayed = await server.events('GET', `/api/runs/${runId}/events`)
  expect(replayed.slice(0, seen.length), `${told}: what was seen is replayed`).toEqual(seen)
  expect(
    replayed.map((event) => event.id),
    `${told}: ids without a gap`,
  ).toEqual(replayed.map((_, index) => `${runId}:${index + 1}`))
  const ends = replayed.filter((event) => event.type !== 'progress')
  expect(ends, `${told}: one terminal event`).toEqual([replayed.at(-1)])
}
