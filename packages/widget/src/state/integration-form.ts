/** The form of an integration: which fields belong to which way of signing in, what is sent of them, where a fault belongs. Pure. */
import type { AuthType, IntegrationView, ProblemDetail } from '@snowline/protocol'

export type FieldKind = 'text' | 'secret' | 'url' | 'number' | 'date' | 'choice'

export interface FormField {
  /** A member of `config`. */
  name: string
  kind: FieldKind
  required: boolean
}

const field = (name: string, kind: FieldKind = 'text', required = false): FormField => ({
  name,
  kind,
  required,
})

export const authTypes: readonly AuthType[] = ['basic_auth', 'api_token', 'oauth2']

export const grantTypes = ['client_credentials', 'refresh_token', 'password'] as const

/** What each way of signing in asks for. OAuth takes client id and secret, or a ready access token: the server says which is missing. */
const signIn: Readonly<Record<AuthType, readonly FormField[]>> = {
  basic_auth: [field('username', 'text', true), field('password', 'secret', true)],
  api_token: [field('api_token', 'secret', true), field('email')],
  oauth2: [
    field('client_id'),
    field('client_secret', 'secret'),
    field('grant_type', 'choice'),
    field('username'),
    field('password', 'secret'),
    field('refresh_token', 'secret'),
    field('access_token', 'secret'),
    field('token_url', 'url'),
  ],
}

const reading: readonly FormField[] = [
  field('schedule'),
  field('table'),
  field('query'),
  field('fields'),
  field('batchSize', 'number'),
]

export function signInFields(authType: AuthType): readonly FormField[] {
  return signIn[authType]
}

/** The start date can only be given at first; afterwards the server keeps it. */
export function readingFields(isNew: boolean): readonly FormField[] {
  return isNew ? [...reading, field('lastSynced', 'date')] : reading
}

/** True when the secret is stored and stays when its field is left empty: it belongs to this way of signing in only. */
export function isKept(integration: IntegrationView | null, authType: AuthType, member: string): boolean {
  return integration?.auth_type === authType && integration.configured_secrets.includes(member)
}

/** What a field shows at first; secrets never come back. */
export function shownValue(integration: IntegrationView | null, { name, kind }: FormField): string {
  const value = integration?.config[name]
  if (kind === 'secret' || value === undefined || value === null) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

export type Typed = ReadonlyMap<string, string>

/** The body of `POST /api/integrations`: empty fields are left out. */
export function toCreateBody(typed: Typed): object {
  const authType = authTypeOf(typed)
  const config = fieldsOf(authType, true).flatMap(({ name, kind }) => {
    const value = read(typed, name, kind)
    if (value === '') return []
    return [[name, kind === 'date' ? `${value} 00:00:00` : value]]
  })
  return {
    service_name: typed.get('service_name')?.trim() ?? '',
    auth_type: authType,
    config: Object.fromEntries(config),
    is_active: typed.has('is_active'),
  }
}

/**
 * The body of `PATCH /api/integrations/{id}`: what differs from what is stored. A secret goes only when it was typed, an
 * emptied field goes as null, and what only the former way of signing in needed goes as null too.
 */
export function toChangeBody(integration: IntegrationView, typed: Typed): Readonly<Record<string, unknown>> {
  const authType = authTypeOf(typed)
  const config: Record<string, unknown> = {}
  const fields = fieldsOf(authType, false)
  for (const one of fields) {
    const value = read(typed, one.name, one.kind)
    if (one.kind === 'secret') {
      if (value !== '') config[one.name] = value
    } else if (value !== shownValue(integration, one)) config[one.name] = value === '' ? null : value
  }
  if (authType !== integration.auth_type) {
    const stays = new Set(fields.map(({ name }) => name))
    for (const { name, kind } of signIn[integration.auth_type]) {
      if (kind !== 'secret' && !stays.has(name) && name in integration.config) config[name] = null
    }
  }
  const name = typed.get('service_name')?.trim() ?? ''
  const active = typed.has('is_active')
  return {
    ...(name === integration.service_name ? {} : { service_name: name }),
    ...(authType === integration.auth_type ? {} : { auth_type: authType }),
    ...(active === integration.is_active ? {} : { is_active: active }),
    ...(Object.keys(config).length > 0 ? { config } : {}),
  }
}

function authTypeOf(typed: Typed): AuthType {
  return authTypes.find((one) => one === typed.get('auth_type')) ?? 'basic_auth'
}

function fieldsOf(authType: AuthType, isNew: boolean): readonly FormField[] {
  return [field('url', 'url', true), ...signIn[authType], ...readingFields(isNew)]
}

/** Blanks around a secret belong to it. */
function read(typed: Typed, name: string, kind: FieldKind): string {
  const value = typed.get(name) ?? ''
  return kind === 'secret' ? value : value.trim()
}

export interface Faults {
  /** By the name of the field. */
  byField: ReadonlyMap<string, string>
  /** What belongs to no field of this form. */
  others: readonly string[]
}

/** The faults of a refused body, sorted to their fields. Example: `config.username` belongs to `username`. */
export function toFaults(details: readonly ProblemDetail[], names: readonly string[]): Faults {
  const byField = new Map<string, string>()
  const others: string[] = []
  for (const { path, message } of details) {
    const name = path.replace(/^config\./, '')
    if (names.includes(name)) byField.set(name, message)
    else others.push(path === '' ? message : `${path}: ${message}`)
  }
  return { byField, others }
}

/** The `errors` of a problem; anything strange counts as none. */
export function faultsIn(problem: unknown): readonly ProblemDetail[] {
  const { errors: list } = (problem ?? {}) as { errors?: unknown }
  return Array.isArray(list) ? list.filter(isDetail) : []
}

function isDetail(value: unknown): value is ProblemDetail {
  if (typeof value !== 'object' || value === null) return false
  const { path, message }: { path?: unknown; message?: unknown } = value
  return typeof path === 'string' && typeof message === 'string'
}
