/** The demonstration: a pretend instance on loopback with 400 incidents, three accounts, and switches to break it. */
import type { Role } from '@snowline/protocol'
import type { Logger } from '@snowline/sdk'
import { createInstance, type Fault, type Instance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'
import type { Principal } from './auth/principal.ts'
import type { ComposeOptions } from './compose.ts'
import type { ServerConfig } from './config.ts'
import { systemActor } from './db/audit.ts'
import { furnishTickets } from './demo-tickets.ts'
import { validationFailed } from './problem/problem-error.ts'
import type { Demo, Services } from './services/services.ts'

const PASSWORD = 'demo'
const accounts: readonly { email: string; password: string; role: Role }[] = [
  { email: 'admin@demo.test', password: PASSWORD, role: 'admin' },
  { email: 'agent@demo.test', password: PASSWORD, role: 'agent' },
  { email: 'viewer@demo.test', password: PASSWORD, role: 'viewer' },
]

const INCIDENTS = 400
const SEED = 1
/** Now and then something changes by itself, so that a page that is left open lives. */
const DRIFT_MS = 8_000
const SERVICE_NAME = 'ServiceNow (demo)'
const instanceUser = { user: 'snowline.integration', password: 'demo-instance' }

/** What each switch does to the pretend instance. The client keeps the pause a 429 asks for, so that one is short. */
const faults: Readonly<Record<string, Fault | null>> = {
  none: null,
  asleep: { kind: 'hibernating' },
  slow: { kind: 'slow', delayMs: 3_000 },
  rate_limited: { kind: 'rate-limit', retryAfter: 5 },
  errors: { kind: 'status', status: 500 },
  cut: { kind: 'cut' },
}

/** What a started server has to offer here. */
interface Started {
  app: { services: Services }
  close(): Promise<void>
}

/**
 * Starts the pretend instance, then a server that is connected to it, with a first sync done.
 *
 * @throws Error when the host is not loopback or a port is taken
 */
export async function openDemo<S extends Started>(
  given: ServerConfig,
  logger: Logger,
  serve: (config: ServerConfig, options: Omit<ComposeOptions, 'config'>) => Promise<S>,
): Promise<S> {
  if (!isLoopback(given.host)) {
    throw new Error(
      'The demo has public passwords and binds loopback only: unset HOST, or use "snowline serve".',
    )
  }
  const instance = createInstance({
    seed: SEED,
    incidents: INCIDENTS,
    clock: { now: Date.now },
    users: [{ ...instanceUser, roles: ['itil', 'admin'] }],
  })
  const port = given.simPort
  const simulator = await serveInstance(instance, { port, host: '127.0.0.1' }).catch((cause: unknown) => {
    throw new Error(`Port ${port} on 127.0.0.1 cannot be used; set SIM_PORT to a free one.`, { cause })
  })
  // The environment's own instance has no part in a demonstration.
  const sn = { SN_ALLOWED_ORIGINS: simulator.url, SN_TIMEOUT_MS: '8000', SN_MAX_RETRIES: '0' }
  const config = { ...given, production: false, sn }
  const drift = setInterval(
    () => instance.control.mutate({ seed: Date.now() % 1_000_000, count: 1 }),
    DRIFT_MS,
  )
  drift.unref()
  const stopSimulator = async (): Promise<void> => {
    clearInterval(drift)
    await simulator.close()
  }
  try {
    const running = await serve(config, { logger, demo: createDemo(instance, simulator.url) })
    await furnish(running.app.services, simulator.url)
    return { ...running, close: () => running.close().finally(stopSimulator) }
  } catch (error) {
    await stopSimulator()
    throw error
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function createDemo(instance: Instance, simulatorUrl: string): Demo {
  let current = 'none'
  return {
    accounts,
    simulatorUrl,
    faults: Object.keys(faults),
    current: () => current,
    async setFault(fault) {
      const wanted = Object.hasOwn(faults, fault) ? faults[fault] : undefined
      if (wanted === undefined) {
        throw validationFailed([
          { path: 'fault', message: `must be one of ${Object.keys(faults).join(', ')}` },
        ])
      }
      instance.control.clearFaults()
      if (wanted !== null) instance.control.setFault(wanted)
      current = fault
    },
    async mutate() {
      return instance.control.mutate({ seed: Date.now() % 1_000_000, count: 3 }).length
    },
  }
}

/** Accounts, the integration, and a first sync, so that a stored copy is there. */
async function furnish(services: Services, url: string): Promise<void> {
  const [admin] = await Promise.all(accounts.map((account) => services.signIn.putUser(account)))
  if (admin === undefined) return
  const context = { principal: admin, actor: systemActor, ifMatch: null }
  // The pretend instance begins anew with each start: the copy of an earlier one would tell of a future it never had.
  for (const old of await services.integrations.list()) {
    if (old.service_name === SERVICE_NAME) await services.integrations.remove(old.id, context)
  }
  const integration = await services.integrations.create(
    {
      service_name: SERVICE_NAME,
      auth_type: 'basic_auth',
      config: { url, username: instanceUser.user, password: instanceUser.password },
      is_active: true,
    },
    context,
  )
  await firstSync(services, integration.id, admin)
  await furnishTickets(services, { principal: admin, actor: systemActor })
}

async function firstSync(services: Services, integrationId: string, principal: Principal): Promise<void> {
  const { syncRuns } = services
  const runId = await syncRuns.start(integrationId, { principal, actor: systemActor, trigger: 'api' })
  const source = await syncRuns.follow(runId, 0)
  for await (const frame of source.frames(new AbortController().signal)) {
    if (frame.event === 'error') services.logger.warn('demo.first_sync.failed', { run: runId })
  }
}
