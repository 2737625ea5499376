/** The one place that knows the `SN_*` names: turns an environment, given as an argument, into client options. */
import type { ConfigProblem } from '../base/errors.ts'
import { ConfigError } from '../base/errors.ts'
import type { Auth } from '../http/auth.ts'
import { apiKey, basicAuth } from '../http/auth.ts'
import { parseInstanceUrl } from '../http/guard.ts'
import { oauth } from '../http/oauth.ts'
import type { ClientOptions } from './options.ts'

/** Variables by name, as `process.env` holds them; `undefined` and empty ones count as absent. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The client options of an environment: `SN_INSTANCE_URL`, `SN_AUTH_TYPE` (`basic`, the default, `apikey` or `oauth`) with `SN_USERNAME` and
 * `SN_PASSWORD`, `SN_API_KEY`, or `SN_CLIENT_ID` and `SN_CLIENT_SECRET` (and `SN_REFRESH_TOKEN`, or user name and password, and
 * `SN_TOKEN_URL`); besides `SN_ALLOWED_ORIGINS` (comma list), `SN_TIMEOUT_MS`, `SN_MAX_RETRIES`, `SN_CONCURRENCY`.
 *
 * An empty variable counts as absent. Throws one ConfigError that lists every missing, wrong or contradictory variable with its mend and
 * never a value; contradictory are credentials of another type beside a `SN_AUTH_TYPE` that is set.
 * Example: `clientOptionsFromEnv({ SN_INSTANCE_URL: 'dev12345', SN_USERNAME: 'a', SN_PASSWORD: 'b' }).instanceUrl` is
 * `'https://dev12345.service-now.com'`.
 */
export function clientOptionsFromEnv(env: Environment): ClientOptions {
  const reading = openReading(env)
  const allowedOrigins = readOrigins(reading)
  const instanceUrl = readInstanceUrl(reading, allowedOrigins)
  const auth = readAuth(reading, [instanceUrl, ...allowedOrigins.map((entry) => new URL(entry).origin)])
  const numbers = {
    ...optionalNumber(reading, 'SN_TIMEOUT_MS', 'timeoutMs', 1, 3_600_000),
    ...optionalNumber(reading, 'SN_MAX_RETRIES', 'maxRetries', 0, 10),
    ...optionalNumber(reading, 'SN_CONCURRENCY', 'concurrency', 1, 64),
  }
  if (reading.problems.length > 0 || auth === null) throw new ConfigError(reading.problems)
  return { instanceUrl, auth, ...(allowedOrigins.length === 0 ? {} : { allowedOrigins }), ...numbers }
}

interface Reading {
  problems: ConfigProblem[]
  /** The value without surrounding space (a secret keeps its own), `undefined` when absent or empty. */
  optional(name: string): string | undefined
  /** Like `optional`; absence is a problem and gives `''`. */
  required(name: string, hint?: string): string
}

function openReading(env: Environment): Reading {
  const problems: ConfigProblem[] = []
  const optional = (name: string) => {
    const value = env[name]
    return value === undefined || value.trim() === '' ? undefined : value
  }
  return {
    problems,
    optional,
    required(name, hint) {
      const value = optional(name)
      if (value === undefined)
        problems.push({ key: name, message: 'is missing', hint: hint ?? `Set ${name}.` })
      return value ?? ''
    },
  }
}

function readOrigins(reading: Reading): string[] {
  const entries = (reading.optional('SN_ALLOWED_ORIGINS') ?? '').split(',').map((entry) => entry.trim())
  const given = entries.filter((entry) => entry !== '')
  if (given.some((entry) => !URL.canParse(entry) || new URL(entry).origin !== entry.replace(/\/$/, ''))) {
    const hint = 'Give exact origins joined by commas, for example http://127.0.0.1:4412.'
    reading.problems.push({ key: 'SN_ALLOWED_ORIGINS', message: 'holds an entry that is no origin', hint })
    return []
  }
  return given
}

function readInstanceUrl(reading: Reading, allowedOrigins: readonly string[]): string {
  const text = reading.required(
    'SN_INSTANCE_URL',
    'Set SN_INSTANCE_URL, for example https://dev12345.service-now.com.',
  )
  if (text === '') return ''
  try {
    return parseInstanceUrl(text, allowedOrigins)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const hint = 'Give https://<instance>.service-now.com, or name the exact origin in SN_ALLOWED_ORIGINS.'
    reading.problems.push(...error.problems.map((problem) => ({ ...problem, key: 'SN_INSTANCE_URL', hint })))
    return ''
  }
}

/** The variables of each way to sign in. */
const credentials: Readonly<Record<string, readonly string[]>> = {
  basic: ['SN_USERNAME', 'SN_PASSWORD'],
  apikey: ['SN_API_KEY'],
  oauth: [
    'SN_CLIENT_ID',
    'SN_CLIENT_SECRET',
    'SN_REFRESH_TOKEN',
    'SN_TOKEN_URL',
    'SN_USERNAME',
    'SN_PASSWORD',
  ],
}

function readAuth(reading: Reading, destinations: readonly string[]): Auth | null {
  const given = reading.optional('SN_AUTH_TYPE')?.trim().toLowerCase()
  const type = given ?? 'basic'
  if (given === undefined && saysAnotherType(reading)) return null
  if (given !== undefined) refuseContradictions(reading, given)
  switch (type) {
    case 'basic': {
      const username = reading.required('SN_USERNAME')
      const password = reading.required('SN_PASSWORD')
      return made(reading, { SN_USERNAME: username, SN_PASSWORD: password }, () =>
        basicAuth({ username, password }),
      )
    }
    case 'apikey': {
      const key = reading.required('SN_API_KEY')
      return made(reading, { SN_API_KEY: key }, () => apiKey(key))
    }
    case 'oauth':
      return readOAuth(reading, destinations)
    default:
      reading.problems.push({
        key: 'SN_AUTH_TYPE',
        message: 'is unknown',
        hint: 'Set SN_AUTH_TYPE to basic, oauth or apikey.',
      })
      return null
  }
}

/** Without a type and without a user the other credentials say what is meant: then the type is what is missing. */
function saysAnotherType(reading: Reading): boolean {
  const isSet = (name: string) => reading.optional(name) !== undefined
  if (isSet('SN_USERNAME') || isSet('SN_PASSWORD')) return false
  const meant = [
    ...(isSet('SN_CLIENT_ID') || isSet('SN_CLIENT_SECRET') ? ['oauth'] : []),
    ...(isSet('SN_API_KEY') ? ['apikey'] : []),
  ]
  if (meant.length === 0) return false
  const hint = `Set SN_AUTH_TYPE to ${meant.join(' or ')}.`
  reading.problems.push({ key: 'SN_AUTH_TYPE', message: 'is missing', hint })
  return true
}

/** Credentials of another way than the one that was named: nobody can tell which of the two is meant. */
function refuseContradictions(reading: Reading, type: string): void {
  const own = credentials[type]
  if (own === undefined) return
  for (const key of new Set(Object.values(credentials).flat())) {
    if (own.includes(key) || reading.optional(key) === undefined) continue
    const other = Object.keys(credentials).find((name) => credentials[name]?.includes(key)) ?? 'basic'
    const message = `contradicts SN_AUTH_TYPE, which is ${type}`
    reading.problems.push({ key, message, hint: `Remove ${key}, or set SN_AUTH_TYPE to ${other}.` })
  }
}

/** A refresh token, user name and password, or neither (client credentials): what is set decides. */
function readOAuth(reading: Reading, destinations: readonly string[]): Auth | null {
  const clientId = reading.required('SN_CLIENT_ID')
  const clientSecret = reading.required('SN_CLIENT_SECRET')
  const [username, password] = [reading.optional('SN_USERNAME'), reading.optional('SN_PASSWORD')]
  if ((username === undefined) !== (password === undefined)) {
    const key = username === undefined ? 'SN_USERNAME' : 'SN_PASSWORD'
    const hint = 'Set both SN_USERNAME and SN_PASSWORD for the password grant, or neither.'
    reading.problems.push({ key, message: 'is missing', hint })
  }
  const refreshToken = reading.optional('SN_REFRESH_TOKEN')
  const tokenUrl = reading.optional('SN_TOKEN_URL')?.trim()
  if (
    tokenUrl !== undefined &&
    !(URL.canParse(tokenUrl) && destinations.includes(new URL(tokenUrl).origin))
  ) {
    const message = 'lies neither on the instance nor on an allowed origin'
    const hint = 'Remove SN_TOKEN_URL, or name its exact origin in SN_ALLOWED_ORIGINS.'
    reading.problems.push({ key: 'SN_TOKEN_URL', message, code: 'destination_blocked', hint })
  }
  const secrets = {
    SN_CLIENT_ID: clientId,
    SN_CLIENT_SECRET: clientSecret,
    ...(refreshToken === undefined ? {} : { SN_REFRESH_TOKEN: refreshToken }),
    ...(username === undefined ? {} : { SN_USERNAME: username }),
    ...(password === undefined ? {} : { SN_PASSWORD: password }),
  }
  tellLineBreaks(reading, secrets)
  if (reading.problems.length > 0) return null
  return oauth({
    clientId,
    clientSecret,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(username === undefined || password === undefined ? {} : { username, password }),
    ...(tokenUrl === undefined ? {} : { tokenUrl }),
  })
}

/** The auth, or null with a problem for each value that cannot travel in a header. */
function made(reading: Reading, values: Readonly<Record<string, string>>, make: () => Auth): Auth | null {
  const whole = tellLineBreaks(reading, values)
  return !whole || Object.values(values).includes('') ? null : make()
}

/** A secret read out of a file often ends in one. True when there is none. */
function tellLineBreaks(reading: Reading, values: Readonly<Record<string, string>>): boolean {
  const broken = Object.keys(values).filter((key) => /[\r\n]/.test(values[key] ?? ''))
  for (const key of broken) {
    reading.problems.push({ key, message: 'holds a line break', hint: `Set ${key} to one line.` })
  }
  return broken.length === 0
}

function optionalNumber<K extends string>(
  reading: Reading,
  name: string,
  option: K,
  least: number,
  most: number,
): { [P in K]?: number } {
  const text = reading.optional(name)?.trim()
  if (text === undefined) return {}
  const value = Number(text)
  const valid = /^\d+$/.test(text) && value >= least && value <= most
  if (valid) return { [option]: value } as { [P in K]?: number }
  const message = `must be a whole number from ${least} to ${most}`
  reading.problems.push({ key: name, message, hint: `Correct or remove ${name}.` })
  return {}
}
