/** The state of the connection in one look: configured, reachable, signed in, readable. Never a secret, never a wait over the limit. */
import type { HealthCheck, HealthStatus, HealthView, ProblemCode } from '@snowline/protocol'
import { tableSource } from '@snowline/sdk'
import { probeSource, type SourceVisibility } from '@snowline/sdk/sync'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connection, Connections, Resolution } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import { faultWords } from '../problem/from-fault.ts'
import type { PushHold } from '../push/push.ts'

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

/** How far a fault got: the checks before it passed. */
const failedCheck: Partial<Record<ProblemCode, CheckId>> = {
  sn_auth_failed: 'authentication',
  sn_forbidden: 'read',
  sn_error: 'read',
}

type CheckId = 'configuration' | 'connection' | 'authentication' | 'read'
const order: readonly CheckId[] = ['configuration', 'connection', 'authentication', 'read']
const passed: Readonly<Record<CheckId, string>> = {
  configuration: 'Address and credentials are set.',
  connection: 'The instance answers with JSON.',
  authentication: 'The credentials are accepted.',
  read: 'Incidents can be read.',
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

const syncWords: Readonly<Record<SourceVisibility, Omit<HealthCheck, 'id'>>> = {
  whole: {
    status: 'ok',
    message: 'Incidents can be synced: order and ranges are obeyed, every row counted is shown.',
  },
  partial: {
    status: 'warn',
    message: 'Partial visibility: some incidents are counted and hidden from this user.',
    hint: 'If they should be in the mirror, give the integration user the right to read them.',
  },
  counted_after_rights: {
    status: 'warn',
    message:
      'Partial visibility: this instance counts only what the user may read, so a cut page cannot be told.',
    hint: 'Give the integration user the right to read the whole table; until then incidents may be missed.',
  },
  refused: {
    status: 'fail',
    message:
      'Incidents cannot be synced: order or ranges of sys_updated_on and sys_id are not obeyed for this user.',
    hint: 'Give the integration user the query_range right on sys_updated_on and sys_id of the table.',
  },
}

function syncCheck(visibility: SourceVisibility): HealthCheck {
  return { id: 'sync', ...syncWords[visibility] }
}

async function ask(connection: Connection, at: string): Promise<HealthView> {
  const base = {
    success: true,
    configured: true,
    source: connection.source,
    instance: connection.client.origin,
    auth_type: connection.authType,
    missing: [],
    invalid: [],
    checked_at: at,
  } as const
  try {
    const page = await connection.client
      .table(connection.table)
      .page({ query: '', limit: 1, fields: ['sys_id', 'number'] })
    const checks = order.map((id): HealthCheck => ({ id, status: 'ok', message: passed[id] }))
    if (page.records.length === 0 && page.total !== 0) {
      const hint = 'Check the roles of the integration user: ACLs may hide every incident.'
      checks[3] = { id: 'read', status: 'warn', message: 'The table answers, but shows no incident.', hint }
    }
    checks.push(syncCheck(await probeSource(tableSource(connection.client, connection.table))))
    return { ...base, connected: true, status: 'ok', message: 'Connected to ServiceNow', checks }
  } catch (error) {
    const problem = toProblem(error)
    const failed = failedCheck[problem.code] ?? 'connection'
    const hint = problem.fields.hint
    const checks = order
      .slice(0, order.indexOf(failed) + 1)
      .map(
        (id): HealthCheck =>
          id === failed
            ? { id, status: 'fail', message: problem.message, ...(hint === undefined ? {} : { hint }) }
            : { id, status: 'ok', message: passed[id] },
      )
    return {
      ...base,
      connected: false,
      status: statuses[problem.code] ?? 'error',
      message: problem.message,
      checks,
    }
  }
}
