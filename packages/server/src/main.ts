/** From configuration to a listening server and back: open, migrate, listen; on a signal drain, close, in reverse. */
import { listen } from 'listhen'
import { type OpenApp, openApp } from './app.ts'
import type { ComposeOptions } from './compose.ts'
import { readConfig, type ServerConfig } from './config.ts'
import { openDemo } from './demo.ts'
import { fail } from './fail.ts'
import { createLogger } from './log.ts'

export interface Running {
  /** Where the dashboard is. */
  url: string
  app: OpenApp
  /** Ends runs at their next commit, streams, connections and the database; at most about five seconds. */
  close(): Promise<void>
}

/** Node's own limits are a minute for headers, five for a request, and no number of connections. */
const HEADERS_MS = 10_000
const REQUEST_MS = 30_000
const MAX_CONNECTIONS = 1_000
/** After this long whoever still holds a connection is cut off. */
const CLOSE_MS = 1_500

/**
 * Listens on the configured host and port, or fails: another port is never taken in silence.
 *
 * @throws Error with one sentence when the port is taken
 */
export async function listenOn(app: OpenApp, config: ServerConfig): Promise<Running> {
  const { host, port, basePath, publicUrl } = config
  const listener = await listen((request, response) => app.nodeHandler(request, response), {
    hostname: host,
    port: { port, random: port === 0, alternativePortRange: [port, port], ports: [], host },
    showURL: false,
    autoClose: false,
    isTest: false,
    isProd: true,
  }).catch((cause: unknown) => {
    throw new Error(`Port ${port} on ${host} cannot be used; set PORT to a free one.`, { cause })
  })
  const { server } = listener
  server.headersTimeout = HEADERS_MS
  server.requestTimeout = REQUEST_MS
  server.maxConnections = MAX_CONNECTIONS
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const origin = publicUrl?.replace(/\/$/, '') ?? `http://${shown}:${listener.address.port}${basePath}`
  return {
    url: `${origin}/servicenow`,
    app,
    async close() {
      await app.drain()
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS)
      server.closeIdleConnections()
      await listener.close()
      clearTimeout(cut)
      await app.stop()
    },
  }
}

/** The server of one configuration. */
export async function serve(
  config: ServerConfig,
  options: Omit<ComposeOptions, 'config'> = {},
): Promise<Running> {
  const app = await openApp({ ...options, config })
  try {
    const running = await listenOn(app, config)
    await app.start()
    return running
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** The command `serve`: runs until a signal. */
export async function serveCommand(): Promise<void> {
  const config = readConfig(process.env, process.cwd())
  await runUntilSignal(() => serve(config, { logger: createLogger(config) }))
}

/** The command `demo`: a pretend instance, its own accounts, loopback only. */
export async function demoCommand(): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env }, process.cwd())
  await runUntilSignal(() => openDemo(config, createLogger(config), serve))
}

async function runUntilSignal(open: () => Promise<Running>): Promise<void> {
  const running = await open()
  let closing = false
  const close = (): void => {
    // A second signal is impatience: leave at once, everything committed stays.
    if (closing) process.exit(1)
    closing = true
    running.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  process.stdout.write(`ready ${running.url}\n`)
}
