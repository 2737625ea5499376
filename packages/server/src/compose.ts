/** Puts the pieces together: configuration in, services out, and how all of it is started and stopped. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { HealthCheck } from '@snowline/protocol'
import { type FetchLike, type Logger, silentLogger } from '@snowline/sdk'
import { createAttempts } from './auth/attempts.ts'
import { type Authenticate, createAuthenticate } from './auth/authenticate.ts'
import { createHostJwt, createWidgetTokens } from './auth/jwt.ts'
import { type Clock, systemClock } from './clock.ts'
import { createSyncServices } from './compose-syncs.ts'
import { createTicketServices } from './compose-tickets.ts'
import type { ServerConfig } from './config.ts'
import { createConnections } from './connections/connections.ts'
import { appendAudit } from './db/audit.ts'
import { countSecrets } from './db/integrations.ts'
import { type OpenDatabase, openDatabase } from './db/open.ts'
import { ENVIRONMENT, readPause } from './db/pauses.ts'
import type { Executor } from './db/tables.ts'
import { countUsers } from './db/users.ts'
import { createOpenStreams } from './http/open-streams.ts'
import { removeHalfCopies } from './runs/raw-keeper.ts'
import { createSecretBox, type SecretBox } from './secrets/box.ts'
import { deriveKey, loadMasterKey, type MasterKey } from './secrets/master-key.ts'
import { createApiTokens } from './services/api-tokens.ts'
import { createIncidents } from './services/incidents.ts'
import { createIntegrationTests } from './services/integration-tests.ts'
import { createIntegrations } from './services/integrations.ts'
import type { Demo, Readiness, Services } from './services/services.ts'
import { createSignIn, type SignIn } from './services/sign-in.ts'
import { createSnHealth } from './services/sn-health.ts'
import { checkHostTickets } from './tickets/host-checks.ts'
import { type HostTickets, openHostTickets } from './tickets/host-tickets.ts'
import { createOwnTickets } from './tickets/own-tickets.ts'
import type { TicketStore } from './tickets/ticket-store.ts'

export interface AppOptions {
  config: ServerConfig
  /** The host's own sign-in; default: our sessions, tokens and JWTs. */
  authenticate?: Authenticate
  /** The host's tickets; default: those in our own database. */
  tickets?: TicketStore
  clock?: Clock
  /** Ids of integrations, runs, users and tokens; default UUIDs at random. */
  newId?: () => string
  logger?: Logger
  /** What dials an instance; default the global fetch. */
  fetch?: FetchLike
}

export interface ComposeOptions extends AppOptions {
  demo?: Demo
}

export interface Composition {
  services: Services
  start(): Promise<void>
  drain(): Promise<void>
  stop(): Promise<void>
}

/** How long runs may take to reach their next commit when the server stops. */
const DRAIN_MS = 3_000
/** How long streams may take to tell the last event. */
const LAST_WORDS_MS = 300

export async function compose(options: ComposeOptions): Promise<Composition> {
  const { config, clock = systemClock, logger = silentLogger, newId = randomUUID } = options
  // What people write about their troubles is for the eyes of this account only.
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const key = loadMasterKey(config)
  const opened = await openDatabase(config.databaseFile)
  const host = await openHost({ ...options, clock, logger, newId }, opened).catch(async (error: unknown) => {
    await opened.close()
    throw error
  })
  const services = createServices({ ...options, clock, logger, newId }, { ...opened, host }, key)
  const collecting = new AbortController()
  let collector: Promise<void> | undefined
  if (options.demo === undefined) await firstAdministrator(services.signIn, config, opened.read, logger)
  const drain = once(async () => {
    draining.add(services)
    collecting.abort()
    await services.scheduler.stop()
    await Promise.all([services.syncRuns.drain(DRAIN_MS), services.push.stop(), collector])
    await lastWords(services)
    services.streams.endAll()
  })
  const stop = once(async () => {
    await drain()
    host?.close()
    await opened.close()
  })
  return {
    services,
    async start() {
      await services.syncRuns.sweep()
      await removeHalfCopies(config).catch((error: unknown) => {
        logger.warn('start.half_copies_left', { reason: error instanceof Error ? error.message : 'unknown' })
      })
      await services.push.start()
      services.scheduler.start()
      const onTaken = () => void services.push.wake()
      collector ??= host?.collector.run({ onTaken, signal: collecting.signal })
    },
    drain,
    stop,
  }
}

/** The work of the first call, for every call. */
function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => {
    running ??= work()
    return running
  }
}

/** A stream that reads hears the last event of its run before it is ended. */
async function lastWords({ streams }: Services): Promise<void> {
  for (let waited = 0; streams.size > 0 && waited < LAST_WORDS_MS; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Servers that are about to stop: not ready for new work. */
const draining = new WeakSet<Services>()

type ReadyOptions = ComposeOptions & Required<Pick<ComposeOptions, 'clock' | 'logger' | 'newId'>>

/** The tickets of an existing application, when the configuration names its file and the host brings no store of its own. */
async function openHost(
  { config, tickets, clock, logger, newId }: ReadyOptions,
  { write, read, outbox }: OpenDatabase,
): Promise<HostTickets | null> {
  if (config.hostTickets === null || tickets !== undefined) return null
  return openHostTickets({ config: config.hostTickets, write, read, outbox, clock, logger, newId })
}

function createServices(
  options: ReadyOptions,
  { write, read, store, outbox, installation, host }: OpenDatabase & { host: HostTickets | null },
  key: MasterKey | null,
): Services {
  const { config, clock, logger, newId } = options
  const box = createSecretBox(key)
  const widgetKey =
    key === null ? crypto.getRandomValues(new Uint8Array(32)) : deriveKey(key, 'widget tokens')
  const widgetTokens = createWidgetTokens(widgetKey, clock)
  const hostJwt = config.hostJwt === null ? null : createHostJwt(config.hostJwt, clock)
  const connections = createConnections({
    db: read,
    box,
    sn: config.sn,
    clock,
    logger,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  })
  const tickets = options.tickets ?? host ?? createOwnTickets({ write, read, outbox, clock })
  const shared = { config, store, connections, tickets, clock, logger, newId }
  const { scheduler, syncRuns, datasets, ...pulls } = createSyncServices({ ...shared, write, read })
  const { allowedOrigins } = connections
  const stopRun = (id: string) => syncRuns.stopOf(id)
  const queryFields = queryFieldsOf(config)
  const incidents = createIncidents({ connections, store, tickets, clock, queryFields })
  const desk = createTicketServices({
    ...shared,
    ...pulls,
    host,
    incidents,
    installationId: installation,
    queryFields,
  })
  const services: Services = {
    config,
    clock,
    logger,
    authenticate: options.authenticate ?? createAuthenticate({ db: read, clock, widgetTokens, hostJwt }),
    signIn: createSignIn({ write, read, clock, newId, attempts: createAttempts(clock) }),
    apiTokens: createApiTokens({ write, read, clock, newId }),
    widgetTokens,
    integrations: createIntegrations({ write, read, box, clock, newId, allowedOrigins, stopRun }),
    integrationTests: createIntegrationTests({ write, read, clock, connections }),
    connections,
    syncRuns,
    scheduler,
    datasets,
    incidents,
    snHealth: createSnHealth({
      connections,
      clock,
      pushHold: () => desk.push.hold(),
      otherChecks: async () => [
        ...ticketChecks(config, host, clock),
        ...(config.syncCron === null ? [] : await scheduleChecks(read)),
      ],
    }),
    ...desk,
    hostTickets: host,
    streams: createOpenStreams(),
    audit: (actor, entry) => write.transaction().execute((tx) => appendAudit(tx, actor, clock.now(), entry)),
    readiness: () => readiness(read, box, draining.has(services)),
    demo: options.demo ?? null,
  }
  return services
}

function ticketChecks({ hostTickets }: ServerConfig, host: HostTickets | null, clock: Clock) {
  return hostTickets === null || host === null ? [] : checkHostTickets(host, hostTickets, clock.now())
}

/** The environment's schedule has no row in which people would see its pause. */
async function scheduleChecks(read: Executor): Promise<HealthCheck[]> {
  const pause = await readPause(read, ENVIRONMENT)
  if (pause === null) return []
  const message = `Schedule paused since ${pause.since}: ${pause.reason}.`
  return [{ id: 'schedule', status: 'warn', message, hint: 'Pull by hand: then the schedule goes on.' }]
}

function queryFieldsOf(config: ServerConfig): ReadonlySet<string> {
  return new Set((config.sn.SN_QUERY_FIELDS ?? '').split(',').map((field) => field.trim()))
}

/** Ready means: the database answers, sealed credentials can be opened, and nobody asked us to stop. */
async function readiness(read: Executor, box: SecretBox, stopping: boolean): Promise<Readiness> {
  let sealed = 0
  let database: 'ok' | 'fail' = 'ok'
  try {
    sealed = await countSecrets(read)
  } catch {
    database = 'fail'
  }
  const key = box.ready || sealed === 0 ? 'ok' : 'fail'
  const running = stopping ? 'fail' : 'ok'
  return { ready: database === 'ok' && key === 'ok' && !stopping, checks: { database, key, running } }
}

/** The account of `ADMIN_EMAIL`; its password follows the variable, so that a lost one can be set anew. */
async function firstAdministrator(
  signIn: SignIn,
  { admin }: ServerConfig,
  read: Executor,
  logger: Logger,
): Promise<void> {
  if (admin !== null) await signIn.putUser({ ...admin, role: 'admin' })
  else if ((await countUsers(read)) === 0) {
    logger.warn('auth.no_account', {
      hint: 'Set ADMIN_EMAIL and ADMIN_PASSWORD to make the first administrator.',
    })
  }
}
