/** The rules of a configuration: what is required, what is a secret, what a mask may keep, and what a new address may not inherit. Pure. */
import type { AuthType, ProblemDetail } from '@snowline/protocol'
import { hasNewQuery, isUtcStamp, parseQuery, QueryError } from '@snowline/sdk'
import { scheduleFault } from '../cron.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'
import { isSecretMember, isStrayMask, MASK } from '../secrets/masks.ts'
import { connectorOf, instanceOrigin, SERVICENOW, tokenUrl } from './connector.ts'

/** The plain part of a stored configuration, and the names of what is sealed. */
export interface StoredConfig {
  serviceName: string
  authType: AuthType
  connectorType: string | null
  values: Readonly<Record<string, unknown>>
  secrets: ReadonlySet<string>
}

export interface ConfigChange {
  mode: 'create' | 'replace' | 'patch'
  serviceName: string
  authType: AuthType
  connectorType: string | null
  config: Readonly<Record<string, unknown>>
}

/** What to write. */
export interface ConfigPlan {
  values: Record<string, unknown>
  /** Secrets to seal anew. */
  seal: ReadonlyMap<string, unknown>
  /** Sealed members to remove. */
  erase: readonly string[]
  /** Only on create: where the first read begins, a UTC stamp. */
  startDate: string | null
  /** The caller asked for everything to be read again. */
  fullRead: boolean
}

/** Members a ServiceNow row needs for each way to sign in; of several groups one is enough. */
const required: Readonly<Record<AuthType, readonly (readonly string[])[]>> = {
  basic_auth: [['username', 'password']],
  api_token: [['api_token']],
  oauth2: [['client_id', 'client_secret'], ['access_token']],
}

/**
 * What a change of a configuration writes.
 *
 * @param stored what is there, null on create
 * @throws ProblemError `validation_failed`, `masked_value`, `secret_required_for_new_origin`, `url_not_allowed`, `destination_blocked`,
 * `invalid_query`
 */
export function planConfig(
  stored: StoredConfig | null,
  change: ConfigChange,
  allowedOrigins: readonly string[],
): ConfigPlan {
  const { lastSynced, ...given } = change.config
  const members = change.mode === 'patch' && stored !== null ? { ...stored.values, ...given } : given
  const { values, masked, cleared, seal } = sortMembers(members)
  const connector = connectorOf({ ...change, url: values.url }, allowedOrigins)
  if (connector === SERVICENOW) checkServiceNow(values, allowedOrigins)
  const kept = keptSecrets(stored, change, values, { masked, cleared, seal })
  if (connector === SERVICENOW) {
    // A secret that was cleared, now or earlier, is said to be missing by the sync; it does not stop other changes.
    const tolerated =
      stored?.authType === change.authType ? required[change.authType].flat().filter(isSecretName) : []
    demandMembers(change.authType, values, new Set([...kept, ...seal.keys(), ...tolerated]))
  }
  const erase = [...(stored?.secrets ?? [])].filter((member) => !kept.has(member) && !seal.has(member))
  return {
    values,
    seal,
    erase,
    startDate: stored === null ? startDateOf(lastSynced) : null,
    fullRead: stored !== null && (lastSynced === null || lastSynced === ''),
  }
}

/** Names of what a ServiceNow row still needs before it can be dialled. */
export function missingMembers(authType: AuthType, present: ReadonlySet<string>): string[] {
  const missing = required[authType].map((group) => group.filter((member) => !present.has(member)))
  const least = missing.reduce((a, b) => (b.length < a.length ? b : a))
  return present.has('url') ? least : ['url', ...least]
}

function isSecretName(member: string): boolean {
  return isSecretMember(member, '')
}

interface Sorted {
  values: Record<string, unknown>
  masked: Set<string>
  cleared: Set<string>
  seal: Map<string, unknown>
}

function sortMembers(members: Readonly<Record<string, unknown>>): Sorted {
  const sorted: Sorted = { values: {}, masked: new Set(), cleared: new Set(), seal: new Map() }
  for (const [member, value] of Object.entries(members)) {
    if (!isSecretMember(member, value)) {
      // An empty text is a field a form left empty.
      if (value !== '' && value !== null && value !== undefined) sorted.values[member] = value
    } else if (value === null || value === '') sorted.cleared.add(member)
    else if (value === MASK) sorted.masked.add(member)
    else if (typeof value === 'string' && isStrayMask(value)) throw maskedValue(member)
    else sorted.seal.set(member, value)
  }
  return sorted
}

function maskedValue(member: string): ProblemError {
  return new ProblemError('masked_value', `config.${member} is a mask and stands for nothing stored.`, {
    hint: `Send the real ${member}, or exactly ${MASK} to keep the stored one.`,
    errors: [{ path: `config.${member}`, message: 'is a mask' }],
  })
}

/** Stored secrets that stay: same member, same way to sign in, same origins. */
function keptSecrets(
  stored: StoredConfig | null,
  change: ConfigChange,
  values: Readonly<Record<string, unknown>>,
  { masked, cleared, seal }: Pick<Sorted, 'masked' | 'cleared' | 'seal'>,
): ReadonlySet<string> {
  const sameAuth = stored !== null && stored.authType === change.authType
  const sameOrigin = stored !== null && bindingOf(stored.values) === bindingOf(values)
  for (const member of masked) {
    if (stored === null || !stored.secrets.has(member) || !sameAuth) throw maskedValue(member)
    if (!sameOrigin) throw newOrigin(member)
  }
  if (stored === null || !sameAuth) return new Set()
  const untouched = [...stored.secrets].filter((member) => !cleared.has(member) && !seal.has(member))
  if (sameOrigin) return new Set(untouched)
  const [needed] = untouched.filter((member) => required[change.authType].flat().includes(member))
  if (needed !== undefined) throw newOrigin(needed)
  return new Set()
}

function newOrigin(member: string): ProblemError {
  return new ProblemError(
    'secret_required_for_new_origin',
    `config.${member} has to be sent again: the stored one belongs to another address.`,
    {
      hint: `Send ${member} together with the new address.`,
      errors: [{ path: `config.${member}`, message: 'is required for the new address' }],
    },
  )
}

/** The origins a secret is bound to. */
function bindingOf(values: Readonly<Record<string, unknown>>): string {
  const origin = originOf(values.url)
  return `${origin} ${values.token_url === undefined ? origin : originOf(values.token_url)}`
}

function originOf(url: unknown): string {
  const text = typeof url === 'string' ? url.trim() : ''
  return URL.canParse(text) ? `${new URL(text).protocol}//${new URL(text).host}` : text
}

function checkServiceNow(values: Record<string, unknown>, allowedOrigins: readonly string[]): void {
  const texts = [
    'url',
    'token_url',
    'username',
    'email',
    'client_id',
    'table',
    'query',
    'schedule',
    'grant_type',
  ]
  const errors: ProblemDetail[] = texts
    .filter((member) => values[member] !== undefined && typeof values[member] !== 'string')
    .map((member) => ({ path: `config.${member}`, message: 'must be a text' }))
  if (errors.length > 0) throw validationFailed(errors)
  if (typeof values.url === 'string') values.url = instanceOrigin(values.url, allowedOrigins)
  if (typeof values.token_url === 'string') values.token_url = tokenUrl(values.token_url, allowedOrigins)
  checkGrant(values)
  checkTable(values)
  checkFields(values)
  checkBatchSize(values)
  checkSchedule(values)
  if (typeof values.query === 'string') checkFilter(values.query)
}

function checkGrant({ grant_type: grant }: Record<string, unknown>): void {
  const grants = ['client_credentials', 'refresh_token', 'password']
  if (grant === undefined || grants.some((each) => each === grant)) return
  throw validationFailed([{ path: 'config.grant_type', message: `must be one of ${grants.join(', ')}` }])
}

function checkTable(values: Record<string, unknown>): void {
  if (typeof values.table === 'string' && !/^[a-z][a-z0-9_]{0,79}$/.test(values.table)) {
    throw validationFailed([{ path: 'config.table', message: 'must be the name of a table' }])
  }
}

function checkFields(values: Record<string, unknown>): void {
  if (values.fields === undefined) return
  const names = fieldNames(values.fields)
  if (names === null || names.length > 500 || names.some((name) => !/^[a-z][a-z0-9_.]{0,159}$/.test(name))) {
    throw validationFailed([{ path: 'config.fields', message: 'must be a list of field names' }])
  }
}

/** A comma list or an array of names; null when it is neither. */
export function fieldNames(fields: unknown): string[] | null {
  if (typeof fields === 'string') return fields.split(',').map((name) => name.trim())
  return Array.isArray(fields) && fields.every((name) => typeof name === 'string') ? fields : null
}

function checkBatchSize(values: Record<string, unknown>): void {
  if (values.batchSize === undefined) return
  const size = typeof values.batchSize === 'string' ? Number(values.batchSize.trim()) : values.batchSize
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 500) {
    throw validationFailed([{ path: 'config.batchSize', message: 'must be a whole number from 1 to 500' }])
  }
  values.batchSize = size
}

function checkSchedule({ schedule }: Record<string, unknown>): void {
  const fault = typeof schedule === 'string' ? scheduleFault(schedule) : null
  if (fault !== null) {
    throw validationFailed(
      [{ path: 'config.schedule', message: fault }],
      'Every quarter of an hour is */15 * * * *, every night at three is 0 3 * * *; times are UTC.',
    )
  }
}

function checkFilter(query: string): void {
  try {
    const tree = parseQuery(query)
    if (hasNewQuery(tree.where)) throw new QueryError('config.query must not hold ^NQ; write it with ^OR.')
    if (tree.order.length > 0)
      throw new QueryError('config.query must not hold an order; a sync brings its own.')
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new ProblemError('invalid_query', error.message, {
      hint: error.hint ?? 'Use conditions joined by ^ and ^OR only.',
      errors: [{ path: 'config.query', message: error.message }],
    })
  }
}

function demandMembers(
  authType: AuthType,
  values: Readonly<Record<string, unknown>>,
  secrets: ReadonlySet<string>,
): void {
  const missing = missingMembers(authType, new Set([...Object.keys(values), ...secrets]))
  const [first] = missing
  if (first === undefined) return
  throw new ProblemError('validation_failed', `config.${first} is required for ${authType}`, {
    hint: hints[first] ?? `Add config.${first}.`,
    errors: missing.map((member) => ({ path: `config.${member}`, message: 'required' })),
  })
}

const hints: Readonly<Record<string, string>> = {
  url: 'Add the address of the instance, https://your-instance.service-now.com.',
  username: 'Add the user name of the integration user.',
  password: 'Add the password of the integration user.',
  api_token: 'Add the API key of the instance.',
  client_id: 'Add the client id of the OAuth application, or a ready access_token.',
  client_secret: 'Add the client secret of the OAuth application.',
}

/** `YYYY-MM-DD HH:MM:SS` in UTC, a date, or ISO 8601, as a UTC stamp. */
function startDateOf(lastSynced: unknown): string | null {
  if (lastSynced === undefined || lastSynced === null || lastSynced === '') return null
  const stamp = typeof lastSynced === 'string' ? toStamp(lastSynced.trim()) : null
  if (stamp !== null) return stamp
  throw validationFailed([
    { path: 'config.lastSynced', message: 'must be YYYY-MM-DD HH:MM:SS in UTC or ISO 8601' },
  ])
}

function toStamp(text: string): string | null {
  if (isUtcStamp(text)) return text
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
  if (!iso) return null
  // Without a zone the time is UTC, as everything of an instance is.
  const zoned = /T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 10 ? text : `${text}Z`
  const ms = Date.parse(zoned)
  if (Number.isNaN(ms)) return null
  const stamp = new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
  return isUtcStamp(stamp) && (text.length > 10 || stamp.startsWith(text)) ? stamp : null
}
