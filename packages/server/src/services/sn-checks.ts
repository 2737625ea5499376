/** What is found out about one connection, in order: set, answered, signed in, read, fit for a sync. Never a secret. */
import type { HealthCheck, ProblemCode } from '@snowline/protocol'
import { tableSource } from '@snowline/sdk'
import { probeSource, type SourceVisibility } from '@snowline/sdk/sync'
import type { Connection } from '../connections/connections.ts'
import { toProblem } from '../problem/from-error.ts'
import type { ProblemError } from '../problem/problem-error.ts'

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

const syncWords: Readonly<Record<SourceVisibility, Omit<HealthCheck, 'id'>>> = {
  whole: {
    status: 'ok',
    message:
      'Incidents can be synced: order and ranges are obeyed, every row counted among the newest and in a sample is shown.',
  },
  partial: {
    status: 'warn',
    message: 'Partial visibility: some incidents are counted and hidden from this user.',
    hint: 'If they should be in the mirror, give the integration user the right to read them.',
  },
  counted_after_rights: {
    status: 'warn',
    message:
      'Partial visibility: this instance counts only what the user may read, or not at all, so a cut page cannot be told.',
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

export interface ConnectionChecks {
  /** Up to the first that failed. */
  checks: readonly HealthCheck[]
  /** What failed; null when the instance can be read. */
  fault: ProblemError | null
}

/** Asks the instance for one incident, and then whether a sync may trust its order and counts. Never throws. */
export async function checkConnection({ client, table }: Connection): Promise<ConnectionChecks> {
  try {
    const page = await client.table(table).page({ query: '', limit: 1, fields: ['sys_id', 'number'] })
    const checks = order.map((id): HealthCheck => ({ id, status: 'ok', message: passed[id] }))
    if (page.records.length === 0 && page.total !== 0) {
      const hint = 'Check the roles of the integration user: ACLs may hide every incident.'
      checks[3] = { id: 'read', status: 'warn', message: 'The table answers, but shows no incident.', hint }
    }
    checks.push(syncCheck(await probeSource(tableSource(client, table))))
    return { checks, fault: null }
  } catch (error) {
    const fault = toProblem(error)
    return { checks: checksUpTo(fault), fault }
  }
}

function checksUpTo({ code, message, fields: { hint } }: ProblemError): HealthCheck[] {
  const failed = failedCheck[code] ?? 'connection'
  const last: HealthCheck = { id: failed, status: 'fail', message, ...(hint === undefined ? {} : { hint }) }
  const before = order.slice(0, order.indexOf(failed))
  return [...before.map((id): HealthCheck => ({ id, status: 'ok', message: passed[id] })), last]
}
