/** The living connections: one client for each set of settings, shared by everything that asks the same instance. */
import { createHash } from 'node:crypto'
import type { AuthType } from '@snowline/protocol'
import {
  type AuthOption,
  apiKey,
  basicAuth,
  bearer,
  type Client,
  type ClientOptions,
  createClient,
  type FetchLike,
  type Logger,
  type OAuthOptions,
  oauth,
} from '@snowline/sdk'
import type { Clock } from '../clock.ts'
import type { StoredIntegration } from '../db/integrations.ts'
import { listIntegrations, readIntegration } from '../db/integrations.ts'
import type { Executor } from '../db/tables.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import type { SecretBox } from '../secrets/box.ts'
import { redactor } from '../secrets/redact.ts'
import { configValues } from '../views/integration-view.ts'
import { connectorOf, SERVICENOW } from './connector.ts'
import {
  allowedOriginsOf,
  clientLimits,
  connectionChoice,
  type EnvironmentFacts,
  environmentSecrets,
  readEnvironment,
} from './env-connection.ts'
import { missingMembers } from './integration-config.ts'

export interface Connection {
  /** `env` or `integration:{uuid}`. */
  source: string
  /** The name of its mirror in the store. */
  mirror: string
  client: Client
  authType: AuthType | null
  table: string
  /** Takes this connection's secrets out of a text that the instance wrote. */
  redact: (text: string) => string
}

export type Resolution =
  | { ready: true; connection: Connection }
  | {
      ready: false
      status: 'not_configured' | 'misconfigured'
      message: string
      source: string | null
      authType: AuthType | null
      missing: readonly string[]
      invalid: readonly string[]
    }

export interface Connections {
  readonly allowedOrigins: readonly string[]
  /** The connection of the help desk's pages, or why there is none. */
  resolve(): Promise<Resolution>
  /** The connection of the environment, whoever the help desk is connected to; null while it is not complete. */
  environment(): Connection | null
  /**
   * The connection of one stored integration.
   *
   * @throws ProblemError `validation_failed` when it is no ServiceNow row or something is missing, `secret_unreadable`
   */
  ofIntegration(stored: StoredIntegration): Connection
}

export interface ConnectionsOptions {
  db: Executor
  box: SecretBox
  sn: Readonly<Record<string, string>>
  clock: Clock
  logger: Logger
  fetch?: FetchLike
}

/** More settings than any installation has; the oldest client goes first. */
const MAX_CLIENTS = 100

export function createConnections(options: ConnectionsOptions): Connections {
  const { sn } = options
  const allowedOrigins = allowedOriginsOf(sn)
  const environment = readEnvironment(sn)
  const redactEnvironment = redactor(environmentSecrets(sn), sn.SN_USERNAME ?? '')
  const clientFor = clientPool(options, allowedOrigins)
  const ofIntegration = (stored: StoredIntegration): Connection => {
    const settings = settingsOf(stored, options.box, allowedOrigins)
    const key = createHash('sha256')
      .update(JSON.stringify([stored.row.id, settings]))
      .digest('hex')
    const client = clientFor(key, () => ({ instanceUrl: settings.url, auth: authOf(settings) }))
    const source = `integration:${stored.row.id}`
    const { authType, table } = settings
    const redact = redactor(Object.values(settings.secrets), userOf(settings.values))
    return { source, mirror: stored.row.id, client, authType, table, redact }
  }
  const ofEnvironment = (): Resolution => {
    const { options: clientOptions, authType } = environment
    if (clientOptions === null) return unconfigured(environment)
    const client = clientFor('env', () => clientOptions)
    const connection = {
      source: 'env',
      mirror: 'env',
      client,
      authType,
      table: 'incident',
      redact: redactEnvironment,
    }
    return { ready: true, connection }
  }
  return {
    allowedOrigins,
    ofIntegration,
    environment() {
      const resolution = ofEnvironment()
      return resolution.ready ? resolution.connection : null
    },
    async resolve() {
      const choice = connectionChoice(sn)
      if (choice.kind === 'env' || (choice.kind === 'auto' && environment.begun)) return ofEnvironment()
      if (choice.kind === 'unknown') {
        return refused('SN_CONNECTION must be auto, env or integration:{id}.', ['SN_CONNECTION'])
      }
      if (choice.kind === 'integration') {
        const stored = await readIntegration(options.db, choice.id)
        if (stored === null)
          return refused('SN_CONNECTION names an integration that is not there.', ['SN_CONNECTION'])
        return tryIntegration(stored, ofIntegration)
      }
      const active = await activeServiceNow(options.db, allowedOrigins)
      const [only] = active
      if (only === undefined) return unconfigured(environment)
      if (active.length === 1) return tryIntegration(only, ofIntegration)
      return refused(
        'Several ServiceNow integrations are active: choose one with SN_CONNECTION=integration:{id}.',
        ['SN_CONNECTION'],
      )
    },
  }
}

/** One client for each key: its pace and its pauses hold for everybody who asks the same instance. */
function clientPool(
  { sn, clock, logger, fetch }: ConnectionsOptions,
  allowedOrigins: readonly string[],
): (key: string, make: () => ClientOptions) => Client {
  const clients = new Map<string, Client>()
  const shared = {
    clock,
    logger,
    allowedOrigins,
    ...clientLimits(sn),
    ...(fetch === undefined ? {} : { fetch }),
  }
  return (key, make) => {
    const known = clients.get(key)
    if (known !== undefined) return known
    if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value ?? '')
    const client = createClient({ ...make(), ...shared })
    clients.set(key, client)
    return client
  }
}

async function activeServiceNow(
  db: Executor,
  allowedOrigins: readonly string[],
): Promise<StoredIntegration[]> {
  const all = await listIntegrations(db)
  return all.filter((stored) => stored.row.is_active === 1 && isServiceNow(stored, allowedOrigins))
}

/** True when a stored row is dialled as ServiceNow. */
export function isServiceNow(stored: StoredIntegration, allowedOrigins: readonly string[]): boolean {
  const { service_name: serviceName, connector_type: connectorType } = stored.row
  const { url } = configValues(stored)
  return connectorOf({ serviceName, connectorType, url }, allowedOrigins) === SERVICENOW
}

function tryIntegration(
  stored: StoredIntegration,
  ofIntegration: (stored: StoredIntegration) => Connection,
): Resolution {
  try {
    return { ready: true, connection: ofIntegration(stored) }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const invalid = (error.fields.errors ?? []).map((detail) => detail.path)
    const source = `integration:${stored.row.id}`
    return { ...refused(error.message, invalid), source, authType: stored.row.auth_type }
  }
}

function refused(message: string, invalid: readonly string[]): Extract<Resolution, { ready: false }> {
  return {
    ready: false,
    status: 'misconfigured',
    message,
    source: null,
    authType: null,
    missing: [],
    invalid,
  }
}

function unconfigured(facts: EnvironmentFacts): Resolution {
  const { missing, invalid, authType, begun } = facts
  if (!begun) {
    const message = 'ServiceNow not configured'
    return { ready: false, status: 'not_configured', message, source: null, authType: null, missing, invalid }
  }
  const parts = [
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(', ')}`]),
    ...(invalid.length === 0 ? [] : [`not valid: ${invalid.join(', ')}`]),
  ]
  const message = `ServiceNow is not fully configured (${parts.join('; ')})`
  return { ready: false, status: 'misconfigured', message, source: 'env', authType, missing, invalid }
}

/** The name that stands before a password. */
function userOf({ username, email }: Readonly<Record<string, unknown>>): string {
  return String(username ?? email ?? '')
}

interface Settings {
  url: string
  authType: AuthType
  table: string
  values: Readonly<Record<string, unknown>>
  secrets: Readonly<Record<string, string>>
}

function settingsOf(stored: StoredIntegration, box: SecretBox, allowedOrigins: readonly string[]): Settings {
  const values = configValues(stored)
  const { auth_type: authType, id } = stored.row
  if (!isServiceNow(stored, allowedOrigins)) {
    throw new ProblemError(
      'validation_failed',
      `${stored.row.service_name} is stored here, but only ServiceNow can be tested or synced.`,
      {
        hint: 'Choose a ServiceNow integration, or set connector_type to servicenow if this is one.',
      },
    )
  }
  const missing = missingMembers(authType, new Set([...Object.keys(values), ...stored.secrets.keys()]))
  if (missing.length > 0) {
    throw validationFailed(
      missing.map((member) => ({ path: `config.${member}`, message: `is required for ${authType}` })),
      `Add ${missing.join(' and ')} to the integration.`,
    )
  }
  const secrets = Object.fromEntries(
    [...stored.secrets].map(([member, sealed]) => [member, openSecret(box, id, member, sealed)]),
  )
  const table = typeof values.table === 'string' ? values.table : 'incident'
  return { url: String(values.url), authType, table, values, secrets }
}

/** Where a secret of an integration is sealed for. */
export function secretPlace(integrationId: string, member: string) {
  return { table: 'app_integrations', row: integrationId, member }
}

/** A secret as text; numbers and structures that were sealed come back as their JSON. */
function openSecret(box: SecretBox, integrationId: string, member: string, sealed: string): string {
  const value: unknown = JSON.parse(box.open(secretPlace(integrationId, member), sealed))
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function authOf({ authType, values, secrets }: Settings): AuthOption {
  const text = (member: string): string => secrets[member] ?? String(values[member] ?? '')
  if (authType === 'basic_auth') return basicAuth({ username: text('username'), password: text('password') })
  if (authType === 'api_token') {
    if (values.email === undefined) return apiKey(text('api_token'))
    return basicAuth({ username: text('email'), password: text('api_token') })
  }
  if (text('access_token') !== '') return bearer(text('access_token'))
  return oauth({ clientId: text('client_id'), clientSecret: text('client_secret'), ...grantOf(text) })
}

/** `grant_type` narrows what is used; without it a refresh token counts before user name and password. */
function grantOf(text: (member: string) => string): Partial<OAuthOptions> {
  const grant = text('grant_type')
  const refresh = grant === '' || grant === 'refresh_token'
  const password = grant === '' || grant === 'password'
  return {
    ...(text('token_url') === '' ? {} : { tokenUrl: text('token_url') }),
    ...(refresh && text('refresh_token') !== '' ? { refreshToken: text('refresh_token') } : {}),
    ...(password && text('password') !== ''
      ? { username: text('username'), password: text('password') }
      : {}),
  }
}
