/** The connection of the environment: what the `SN_*` variables say, what is missing, what is wrong. Names only, never a value. Pure. */
import type { AuthType } from '@snowline/protocol'
import { type ClientOptions, ConfigError, clientOptionsFromEnv } from '@snowline/sdk'

export interface EnvironmentFacts {
  /** False while no variable of a connection is set at all. */
  begun: boolean
  missing: readonly string[]
  invalid: readonly string[]
  authType: AuthType | null
  /** Null while something is missing or wrong. */
  options: ClientOptions | null
}

export type Choice =
  | { kind: 'auto' }
  | { kind: 'env' }
  | { kind: 'integration'; id: string }
  | { kind: 'unknown' }

const connectionNames = [
  'SN_INSTANCE_URL',
  'SN_AUTH_TYPE',
  'SN_USERNAME',
  'SN_PASSWORD',
  'SN_CLIENT_ID',
  'SN_CLIENT_SECRET',
  'SN_REFRESH_TOKEN',
  'SN_API_KEY',
]

const secretNames = ['SN_PASSWORD', 'SN_CLIENT_SECRET', 'SN_REFRESH_TOKEN', 'SN_API_KEY']

/** The values that must never be shown. */
export function environmentSecrets(sn: Readonly<Record<string, string>>): string[] {
  return secretNames.flatMap((name) => sn[name] ?? [])
}

const authTypes: Readonly<Record<string, AuthType>> = {
  basic: 'basic_auth',
  oauth: 'oauth2',
  apikey: 'api_token',
}

/** Example: `readEnvironment({}).missing` is `['SN_INSTANCE_URL', 'SN_USERNAME', 'SN_PASSWORD']`. */
export function readEnvironment(sn: Readonly<Record<string, string>>): EnvironmentFacts {
  const begun = connectionNames.some((name) => (sn[name] ?? '').trim() !== '')
  const authType = authTypes[(sn.SN_AUTH_TYPE ?? 'basic').trim().toLowerCase()] ?? null
  try {
    return { begun, missing: [], invalid: [], authType, options: clientOptionsFromEnv(sn) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const missing = error.problems.filter((problem) => problem.message === 'is missing')
    const invalid = error.problems.filter((problem) => problem.message !== 'is missing')
    return { begun, missing: names(missing), invalid: names(invalid), authType, options: null }
  }
}

function names(problems: readonly { key: string }[]): string[] {
  return [...new Set(problems.map((problem) => problem.key))]
}

/** `SN_CONNECTION`: `auto` (the default), `env`, or `integration:{uuid}`. */
export function connectionChoice(sn: Readonly<Record<string, string>>): Choice {
  const word = (sn.SN_CONNECTION ?? 'auto').trim()
  if (word === 'auto' || word === 'env') return { kind: word }
  const id = /^integration:([0-9a-f-]{36})$/i.exec(word)?.[1]
  return id === undefined ? { kind: 'unknown' } : { kind: 'integration', id: id.toLowerCase() }
}

/** The exact origins that may be dialled besides those of ServiceNow; an entry that is no origin allows nothing. */
export function allowedOriginsOf(sn: Readonly<Record<string, string>>): string[] {
  return (sn.SN_ALLOWED_ORIGINS ?? '')
    .split(',')
    .map((entry) => entry.trim().replace(/\/$/, ''))
    .filter((entry) => URL.canParse(entry) && new URL(entry).origin === entry)
}

/** Pace and patience of every client, as far as the variables are whole numbers. */
export function clientLimits(
  sn: Readonly<Record<string, string>>,
): Partial<Pick<ClientOptions, 'timeoutMs' | 'maxRetries' | 'concurrency'>> {
  return {
    ...whole(sn.SN_TIMEOUT_MS, 'timeoutMs', 1, 3_600_000),
    ...whole(sn.SN_MAX_RETRIES, 'maxRetries', 0, 10),
    ...whole(sn.SN_CONCURRENCY, 'concurrency', 1, 64),
  }
}

function whole(text: string | undefined, name: string, least: number, most: number): Record<string, number> {
  const value = Number(text)
  return text !== undefined && Number.isInteger(value) && value >= least && value <= most
    ? { [name]: value }
    : {}
}
