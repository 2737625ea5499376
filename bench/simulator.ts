/**
 * The simulator on a port beside a bare `node:http` server that answers fixed bodies of the same sizes: single incidents, sixteen requests at
 * a time, and pages of 1,000, one after the other, without and with reference links. Each server is a process of its own; rounds alternate
 * between the two, and the median counts.
 *
 * Prints requests a second, milliseconds a page and the ratios of the work of both; fails when a ratio is above its limit.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { Agent, createServer, get } from 'node:http'
import { createInstance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'

const INCIDENTS = 2_000
const PAGE = 1_000
const ROUNDS = Number(process.env.ROUNDS ?? 7)
const SINGLES = Number(process.env.SINGLES ?? 4_000)
const PAGES = Number(process.env.PAGES ?? 60)
/** Times the work of the bare server, which does nothing but send. Time of a core, since the clock on the wall knows of other work too. */
const LIMITS = { single: 9, plain: 17, linked: 14 }

const table = '/api/now/table/incident'
const plain = `${table}?sysparm_limit=${PAGE}&sysparm_query=ORDERBYsys_id&sysparm_exclude_reference_link=true`
const linked = `${table}?sysparm_limit=${PAGE}&sysparm_query=ORDERBYsys_id`
const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }
const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** The child: an instance, or a server that knows only sizes. */
async function serve(kind: string): Promise<void> {
  const tell = (message: unknown): void => void process.send?.(message)
  process.on('message', () => tell(process.cpuUsage()))
  if (kind === 'simulator') {
    const instance = createInstance({ incidents: INCIDENTS })
    const { url } = await serveInstance(instance)
    tell({ url, ids: instance.control.records('incident').map(({ sys_id }) => sys_id) })
    return
  }
  const bodies = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const size = new URL(request.url ?? '/', 'http://bare').searchParams.get('size') ?? '0'
    const body = bodies.get(size) ?? Buffer.alloc(Number(size), 'x')
    bodies.set(size, body)
    response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object' && address !== null)
      tell({ url: `http://127.0.0.1:${address.port}`, ids: [] })
  })
}

interface Ready {
  readonly url: string
  readonly ids: readonly string[]
}

function start(kind: string): Promise<Ready & { readonly child: ChildProcess }> {
  const child = fork(import.meta.filename, [kind])
  return new Promise((resolve, reject) => {
    child.once('message', (ready) => resolve({ ...(ready as Ready), child }))
    child.once('exit', () => reject(new Error(`The ${kind} server did not start`)))
  })
}

/** Reads one answer to its end and gives its size. */
function read(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
      })
      response.on('end', () =>
        response.statusCode === 200 ? resolve(size) : reject(new Error(`${response.statusCode} ${url}`)),
      )
      response.on('error', reject)
    }).on('error', reject)
  })
}

function cpuOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('message', (usage) => {
      const { user, system } = usage as NodeJS.CpuUsage
      resolve((user + system) / 1000)
    })
    child.send('cpu')
  })
}

interface Cost {
  /** Milliseconds a request. */
  readonly wall: number
  /** Milliseconds of the server's own core a request. */
  readonly cpu: number
}

/** Asks `count` times, `lanes` at once. */
async function cost(
  child: ChildProcess,
  count: number,
  lanes: number,
  url: (at: number) => string,
): Promise<Cost> {
  const before = await cpuOf(child)
  const since = performance.now()
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await read(url(next++))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const wall = performance.now() - since
  return { wall: wall / count, cpu: ((await cpuOf(child)) - before) / count }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

type Server = Ready & { readonly child: ChildProcess }

/** Alternating rounds of one kind of request; the medians of both servers and of their ratios. */
async function compare(
  simulator: Server,
  bare: Server,
  count: number,
  lanes: number,
  path: (at: number) => string,
) {
  const size = await read(simulator.url + path(0))
  const ours = () => cost(simulator.child, count, lanes, (at) => simulator.url + path(at))
  const theirs = () => cost(bare.child, count, lanes, () => `${bare.url}/?size=${size}`)
  await ours()
  await theirs()
  const rounds: (readonly [Cost, Cost])[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push([await ours(), await theirs()])
  return {
    size,
    wall: median(rounds.map(([own]) => own.wall)),
    cpu: median(rounds.map(([own]) => own.cpu)),
    bare: median(rounds.map(([, other]) => other.wall)),
    ratio: median(rounds.map(([own, other]) => own.cpu / other.cpu)),
  }
}

async function run(): Promise<void> {
  const simulator = await start('simulator')
  const bare = await start('bare')
  const id = (at: number): string => simulator.ids[at % simulator.ids.length] ?? ''
  const all = {
    single: await compare(simulator, bare, SINGLES, 16, (at) => `${table}/${id(at)}`),
    plain: await compare(simulator, bare, PAGES, 1, () => plain),
    linked: await compare(simulator, bare, PAGES, 1, () => linked),
  }
  const { single } = all
  console.log(`simulator: ${ROUNDS} rounds, medians; limits are ratios to a bare node:http server`)
  console.log(
    `single records of ${single.size} bytes: ${(1000 / single.wall).toFixed(0)} a second (bare ${(1000 / single.bare).toFixed(0)}), ` +
      `${(1000 / single.cpu).toFixed(0)} by the time of one core; ratio ${single.ratio.toFixed(2)} (limit ${LIMITS.single})`,
  )
  for (const kind of ['plain', 'linked'] as const) {
    const { size, wall, cpu, bare: other, ratio } = all[kind]
    console.log(
      `pages of ${PAGE}, ${kind === 'plain' ? 'without' : 'with'} reference links, ${(size / 1e6).toFixed(1)} MB: ${wall.toFixed(1)} ms ` +
        `(bare ${other.toFixed(1)}), ${cpu.toFixed(1)} ms of one core; ratio ${ratio.toFixed(2)} (limit ${LIMITS[kind]})`,
    )
  }
  for (const { child } of [simulator, bare]) child.kill()
  agent.destroy()
  if (Object.entries(all).some(([kind, { ratio }]) => ratio > LIMITS[kind as keyof typeof LIMITS]))
    process.exitCode = 1
}

const [kind] = process.argv.slice(2)
await (kind === undefined ? run() : serve(kind))
