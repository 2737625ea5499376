/** What may be done with stored integrations: list, read, create, replace, patch, delete, pause; each change with its audit entry. */
import type { AuthType, IntegrationView } from '@snowline/protocol'
import { nameOf, type Principal } from '../auth/principal.ts'
import { type Clock, isoSeconds } from '../clock.ts'
import { secretPlace } from '../connections/connections.ts'
import { type ConfigPlan, planConfig } from '../connections/integration-config.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import {
  deleteIntegration,
  eraseSecret,
  insertIntegration,
  listIntegrations,
  readIntegration,
  type StoredIntegration,
  updateIntegration,
  writeSecret,
} from '../db/integrations.ts'
import { writePause } from '../db/pauses.ts'
import type { Executor, IntegrationRow } from '../db/tables.ts'
import { deleteTicks } from '../db/ticks.ts'
import { etagOf, listsTag } from '../http/json.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { SecretBox } from '../secrets/box.ts'
import { configValues, integrationView } from '../views/integration-view.ts'

/** Who changes, and under which condition. */
export interface ChangeContext {
  principal: Principal
  actor: Actor
  /** The `If-Match` header, null when there is none. */
  ifMatch: string | null
}

export interface IntegrationInput {
  service_name: string
  auth_type: AuthType
  config: Readonly<Record<string, unknown>>
  is_active?: boolean | undefined
  connector_type?: string | null | undefined
  id?: string | undefined
  user_id?: string | undefined
}

export interface Integrations {
  list(): Promise<IntegrationView[]>
  /** @throws ProblemError `not_found` */
  get(id: string): Promise<IntegrationView>
  create(input: IntegrationInput, context: ChangeContext): Promise<IntegrationView>
  /** Replaces every field and the whole configuration. */
  replace(id: string, input: IntegrationInput, context: ChangeContext): Promise<IntegrationView>
  /** Changes what is named; members of `config` one by one. */
  patch(id: string, input: Partial<IntegrationInput>, context: ChangeContext): Promise<IntegrationView>
  /** Erases the row and its credentials; dataset versions stay. */
  remove(id: string, context: ChangeContext): Promise<void>
  /** Null lifts the pause. */
  setPause(id: string, reason: string | null, context: ChangeContext): Promise<IntegrationView>
}

export interface IntegrationsOptions {
  write: Executor
  read: Executor
  box: SecretBox
  clock: Clock
  newId: () => string
  allowedOrigins: readonly string[]
  /** Ends a run of this integration and waits until nothing of it is written any more. */
  stopRun: (integrationId: string) => Promise<void>
}

export function createIntegrations(options: IntegrationsOptions): Integrations {
  const { write, read, clock, allowedOrigins } = options
  const view = (stored: StoredIntegration) => integrationView(stored, allowedOrigins)
  const change = async (
    id: string,
    context: ChangeContext,
    action: string,
    work: (tx: Executor, stored: StoredIntegration) => Promise<void>,
  ): Promise<IntegrationView> =>
    write.transaction().execute(async (tx) => {
      const stored = await demandIntegration(tx, id)
      const before = view(stored)
      demandMatch(context.ifMatch, before)
      await work(tx, stored)
      const after = await readIntegration(tx, id)
      const entry = {
        action,
        target: `integration:${id}`,
        before,
        ...(after === null ? {} : { after: view(after) }),
      }
      await appendAudit(tx, context.actor, clock.now(), entry)
      return after === null ? before : view(after)
    })
  const rewrite = (
    id: string,
    mode: 'replace' | 'patch',
    input: Partial<IntegrationInput>,
    context: ChangeContext,
  ) => change(id, context, 'integration.update', (tx, stored) => update(tx, options, stored, mode, input))
  return {
    list: async () => (await listIntegrations(read)).map(view),
    get: async (id) => view(await demandIntegration(read, id)),
    create: (input, context) => create(options, input, context),
    replace: (id, input, context) => rewrite(id, 'replace', input, context),
    patch: (id, input, context) => rewrite(id, 'patch', input, context),
    async remove(id, context) {
      demandMatch(context.ifMatch, view(await demandIntegration(read, id)))
      await options.stopRun(id)
      await change(id, context, 'integration.delete', async (tx) => {
        await deleteIntegration(tx, id)
        await deleteTicks(tx, id)
      })
    },
    setPause: (id, reason, context) =>
      change(id, context, reason === null ? 'integration.resume' : 'integration.pause', async (tx) => {
        const since = isoSeconds(clock.now())
        const by = nameOf(context.principal)
        await writePause(tx, id, reason === null ? null : { reason, since, by })
        await updateIntegration(tx, id, { updated_at: since })
      }),
  }
}

/**
 * The stored row.
 *
 * @throws ProblemError `not_found`, the same for an id that never was and one that is gone
 */
export async function demandIntegration(db: Executor, id: string): Promise<StoredIntegration> {
  const stored = await readIntegration(db, id)
  if (stored !== null) return stored
  throw new ProblemError('not_found', 'No integration has this id.', {
    hint: 'List the integrations to see their ids.',
  })
}

function demandMatch(ifMatch: string | null, view: IntegrationView): void {
  if (ifMatch === null || listsTag(ifMatch, etagOf(view))) return
  throw new ProblemError('precondition_failed', 'The integration has changed since it was read.')
}

async function create(
  options: IntegrationsOptions,
  input: IntegrationInput,
  context: ChangeContext,
): Promise<IntegrationView> {
  const { write, box, clock, newId, allowedOrigins } = options
  const connectorType = input.connector_type?.toLowerCase() ?? null
  const plan = planConfig(
    null,
    {
      mode: 'create',
      serviceName: input.service_name,
      authType: input.auth_type,
      connectorType,
      config: input.config,
    },
    allowedOrigins,
  )
  const now = isoSeconds(clock.now())
  const row: IntegrationRow = {
    id: newId(),
    service_name: input.service_name,
    auth_type: input.auth_type,
    config: JSON.stringify(plan.values),
    is_active: input.is_active === true ? 1 : 0,
    connector_type: connectorType,
    start_date: plan.startDate,
    full_read: 0,
    last_synced_at: null,
    last_sync_status: null,
    last_sync_error: null,
    paused: null,
    created_at: now,
    updated_at: now,
    user_id: context.principal.userId,
  }
  return write.transaction().execute(async (tx) => {
    await insertIntegration(tx, row)
    await writePlan(tx, box, row.id, plan)
    const after = integrationView(await demandIntegration(tx, row.id), allowedOrigins)
    const entry = { action: 'integration.create', target: `integration:${row.id}`, after }
    await appendAudit(tx, context.actor, clock.now(), entry)
    return after
  })
}

async function update(
  tx: Executor,
  options: IntegrationsOptions,
  stored: StoredIntegration,
  mode: 'replace' | 'patch',
  input: Partial<IntegrationInput>,
): Promise<void> {
  const { row } = stored
  demandSameIdentity(row, input)
  const service_name = input.service_name ?? row.service_name
  const auth_type = input.auth_type ?? row.auth_type
  const connector_type = nextConnector(stored, input.connector_type, options.allowedOrigins)
  const plan = planConfig(
    {
      serviceName: row.service_name,
      authType: row.auth_type,
      connectorType: row.connector_type,
      values: configValues(stored),
      secrets: new Set(stored.secrets.keys()),
    },
    {
      mode,
      serviceName: service_name,
      authType: auth_type,
      connectorType: connector_type,
      config: input.config ?? {},
    },
    options.allowedOrigins,
  )
  const active = input.is_active ?? (mode === 'patch' && row.is_active === 1)
  await updateIntegration(tx, row.id, {
    service_name,
    auth_type,
    connector_type,
    config: JSON.stringify(plan.values),
    is_active: active ? 1 : 0,
    updated_at: isoSeconds(options.clock.now()),
    ...(plan.fullRead ? { full_read: 1 } : {}),
  })
  await writePlan(tx, options.box, row.id, plan)
}

/** `id` and `user_id` may come back as they were served, never as something else. */
function demandSameIdentity(row: IntegrationRow, input: Partial<IntegrationInput>): void {
  const errors = [
    ...(input.id === undefined || input.id === row.id ? [] : [{ path: 'id', message: 'cannot be changed' }]),
    ...(input.user_id === undefined || input.user_id === row.user_id
      ? []
      : [{ path: 'user_id', message: 'cannot be changed' }]),
  ]
  if (errors.length > 0) throw validationFailed(errors, 'Leave it out, or send it as it was served.')
}

/** A kind that was only recognised, not stated, and comes back as it was served, is not stated by that. */
function nextConnector(
  stored: StoredIntegration,
  given: string | null | undefined,
  allowedOrigins: readonly string[],
): string | null {
  const present = stored.row.connector_type
  if (given === undefined || given === null) return present
  const word = given.toLowerCase()
  const served = integrationView(stored, allowedOrigins).connector_type
  return present === null && word === served ? null : word
}

async function writePlan(tx: Executor, box: SecretBox, id: string, plan: ConfigPlan): Promise<void> {
  for (const member of plan.erase) await eraseSecret(tx, id, member)
  for (const [member, value] of plan.seal) {
    const sealed = box.seal(secretPlace(id, member), JSON.stringify(value))
    await writeSecret(tx, { integration_id: id, member, sealed })
  }
}
