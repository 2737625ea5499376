/** The application: routes on h3, the order of what surrounds them, and nothing else. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { H3, HTTPError, toNodeHandler } from 'h3'
import { createAttempts } from './auth/attempts.ts'
import { type AppOptions, type ComposeOptions, compose } from './compose.ts'
import { preflight, setCorsHeaders } from './http/cors.ts'
import { setSecurityHeaders } from './http/security-headers.ts'
import { loadPageFiles } from './page-files.ts'
import { answerUnrouted, failed, handleRoute, knownOf, rateLimitHeaders } from './routes/edge.ts'
import { routesFor } from './routes/index.ts'
import type { Route } from './routes/route.ts'
import type { Services } from './services/services.ts'

export interface SnowlineApp {
  /** Answers a request; works without {@link start}, which only adds what runs by itself. */
  fetch(request: Request): Promise<Response>
  /** The same for a Node server. */
  nodeHandler(request: IncomingMessage, response: ServerResponse): unknown
  /** Ends what a dead process left behind, and keeps looking for it. */
  start(): Promise<void>
  /** Takes no new run, lets runs end at their next commit and their streams tell it, then ends every stream. Safe to call twice. */
  drain(): Promise<void>
  /** Drains, then closes the database. Safe to call twice. */
  stop(): Promise<void>
}

/** The app with what is inside it: for our own commands and tests. */
export interface OpenApp extends SnowlineApp {
  /** What is served. */
  readonly routes: readonly Route[]
  readonly services: Services
}

/** As {@link createApp}, with its inside. */
export async function openApp(options: ComposeOptions): Promise<OpenApp> {
  const { services, start, drain, stop } = await compose(options)
  const { config } = services
  const routes = routesFor({
    demo: services.demo !== null,
    pages: config.pages ? loadPageFiles(config.basePath) : null,
  })
  const h3 = mount(services, routes)
  const fetch = async (request: Request): Promise<Response> => h3.fetch(request)
  return { fetch, nodeHandler: toNodeHandler(h3), start, drain, stop, routes, services }
}

/**
 * Opens the database under the configuration's paths, brings it up to date and mounts every route.
 *
 * @throws StoreError when the database cannot be opened
 * @example const app = await createApp({ config: readConfig(process.env, process.cwd()) })
 */
export async function createApp(options: AppOptions): Promise<SnowlineApp> {
  const { fetch, nodeHandler, start, drain, stop } = await openApp(options)
  return { fetch, nodeHandler, start, drain, stop }
}

function mount(services: Services, routes: readonly Route[]): H3 {
  const { config, clock, logger } = services
  const edge = { services, writes: createAttempts(clock) }
  const patterns = routes.map(({ method, path }) => ({ method, matches: matcher(config.basePath + path) }))
  const app = new H3({
    silent: true,
    onError(error, event) {
      const cause = error.unhandled === true ? error.cause : error
      // Our own handlers throw problems; what h3 says itself is that it found no route or could not read the address.
      if (HTTPError.isError(cause) && cause.unhandled !== true)
        return answerUnrouted(event, patterns, services)
      return failed(event, cause, services)
    },
    onResponse(response, event) {
      const { requestId, startedAtMs } = knownOf(event, services)
      const { headers } = response
      headers.set('x-request-id', requestId)
      setSecurityHeaders(headers, (config.publicUrl ?? '').startsWith('https:'))
      setCorsHeaders(headers, event.req.headers.get('origin'), config.corsOrigins)
      for (const [name, value] of Object.entries(rateLimitHeaders(event, edge))) headers.set(name, value)
      const { method } = event.req
      const ms = clock.now() - startedAtMs
      logger.info('http.request', {
        requestId,
        method,
        path: event.url.pathname,
        status: response.status,
        ms,
      })
    },
  })
  app.use((event) => preflight(event.req, config.corsOrigins) ?? undefined)
  for (const route of routes) {
    app.on(route.method, config.basePath + route.path, (event) => handleRoute(event, route, edge))
  }
  return app
}

/** Whether a path fits a pattern with `:name` in it. */
function matcher(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/')
  return (path) => {
    const given = path.split('/')
    return (
      given.length === parts.length && parts.every((part, i) => part.startsWith(':') || part === given[i])
    )
  }
}
