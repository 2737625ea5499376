/** The state of the connection in one look: configured, reachable, signed in, readable. Never a secret, never a wait over the limit. */
import type { HealthCheck, HealthStatus, HealthView, ProblemCode } from '@snowline/protocol'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection, Connections, Resolution } from '../connections/connections.ts'
import { faultWords } from '../problem/from-fault.ts'
import type { PushHold } from '../push/push.ts'
import { checkConnection } from './sn-checks.ts'

export interface SnHealth {
  /** Kept for 30 s; `fresh` looks again at once. Several callers share one look. */
  look(options?: { fresh?: boolean }): Promise<HealthView>
  /** The next look is a fresh one. */
  forget(): void
}

const KEPT_MS = 30_000

const statuses: Partial<Record<ProblemCode, HealthStatus>> = {
  sn_auth_failed: 'auth_failed',
  sn_forbidden: 'forbidden',
  sn_unavailable: 'asleep',
  sn_unreachable: 'unreachable',
  sn_timeout: 'unreachable',
  redirect_refused: 'unreachable',
  destination_blocked: 'misconfigured',
}

export interface SnHealthOptions {
  connections: Connections
  clock: Clock
  /** Asked at each look: whether what people change goes out. */
  pushHold: () => PushHold
  /** What else there is to say: tickets of an existing application, a schedule that stands still. Looked at as often as the instance. */
  otherChecks?: () => Promise<HealthCheck[]>
}

export function createSnHealth(options: SnHealthOptions): SnHealth {
  const { connections, clock, pushHold } = options
  let kept: { atMs: number; key: string; view: HealthView } | null = null
  let looking: Promise<HealthView> | null = null
  const lookNow = async (resolution: Resolution): Promise<HealthView> => {
    const at = isoSeconds(clock.now())
    const asked = resolution.ready ? await ask(resolution.connection, at) : unconfigured(resolution, at)
    const view = { ...asked, checks: [...asked.checks, ...((await options.otherChecks?.()) ?? [])] }
    kept = { atMs: clock.now(), key: keyOf(resolution), view }
    return view
  }
  return {
    forget() {
      kept = null
    },
    async look({ fresh = false } = {}) {
      const resolution = await connections.resolve()
      const valid = kept !== null && kept.key === keyOf(resolution) && clock.now() - kept.atMs < KEPT_MS
      if (valid && !fresh && kept !== null) return withPush(kept.view, pushHold())
      looking ??= lookNow(resolution).finally(() => {
        looking = null
      })
      return withPush(await looking, pushHold())
    },
  }
}

/** A connection that answers and carries nothing outward is told apart from one that works. */
function withPush(view: HealthView, hold: PushHold): HealthView {
  if (hold === null || !view.connected) return view
  return { ...view, checks: [...view.checks, pushCheck(hold)] }
}

function pushCheck(hold: NonNullable<PushHold>): HealthCheck {
  if (hold.reason === 'not_started') {
    const hint = 'Start the server, or run "snowline sync": what is queued goes out then.'
    return { id: 'push', status: 'warn', message: 'Push paused: this server was not started.', hint }
  }
  const { message } = faultWords(hold.fault)
  const hint = 'Save the right credentials: what is queued goes out then.'
  return { id: 'push', status: 'warn', message: `Push paused: ${message}`, hint }
}

/** Other settings are another connection: what was kept for the old one does not count. */
function keyOf(resolution: Resolution): string {
  if (!resolution.ready) return `${resolution.status} ${resolution.message}`
  return `${resolution.connection.source} ${resolution.connection.client.origin}`
}

function unconfigured(resolution: Extract<Resolution, { ready: false }>, at: string): HealthView {
  const { status, message, source, authType, missing, invalid } = resolution
  const hint = 'Set SN_INSTANCE_URL and the credentials, or add an active integration.'
  return {
    success: true,
    configured: false,
    connected: false,
    status,
    message,
    source,
    instance: null,
    auth_type: authType,
    missing,
    invalid,
    checks: [{ id: 'configuration', status: 'fail', message, hint }],
    checked_at: at,
  }
}

async function ask(connection: Connection, at: string): Promise<HealthView> {
  const { checks, fault } = await checkConnection(connection)
  return {
    success: true,
    configured: true,
    connected: fault === null,
    status: fault === null ? 'ok' : (statuses[fault.code] ?? 'error'),
    message: fault === null ? 'Connected to ServiceNow' : fault.message,
    source: connection.source,
    instance: connection.client.origin,
    auth_type: connection.authType,
    missing: [],
    invalid: [],
    checks,
    checked_at: at,
  }
}
