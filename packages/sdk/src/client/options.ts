/** The options of a client and their defaults, checked all at once. */
import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import type { ConfigProblem } from '../base/errors.ts'
import { ConfigError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { silentLogger } from '../base/log.ts'
import type { AuthOption } from '../http/auth.ts'
import { parseInstanceUrl } from '../http/guard.ts'
import type { Hooks } from '../http/observe.ts'
import type { FetchLike } from '../http/transport.ts'
import type { Validation } from './validate.ts'

export interface ClientOptions extends Hooks {
  /** `dev12345`, a host, or a URL: https on `*.service-now.com`, or an exact member of `allowedOrigins`. */
  instanceUrl: string
  /** `basicAuth(...)`, `apiKey(...)`, `bearer(...)`, `oauth(...)`, or a function giving headers. */
  auth: AuthOption
  /** What sends a request; default the global fetch. */
  fetch?: FetchLike
  /** For each attempt, body included; default 30,000. */
  timeoutMs?: number
  /** Default 2. */
  maxRetries?: number
  /** Requests at once; default 4, the number of integration requests an instance serves at once on one node (KB1297438). */
  concurrency?: number
  /** Default: silent. */
  logger?: Logger
  clock?: Clock
  /** Numbers in [0, 1) for the jitter of waits; default Math.random. */
  random?: () => number
  /** Exact origins allowed besides `https://*.service-now.com`: vanity hosts, government clouds, a simulator on loopback. */
  allowedOrigins?: readonly string[]
  /** Decoded bytes of one answer; default 32 MiB. */
  maxBodyBytes?: number
  userAgent?: string
  /**
   * What becomes of a record whose form is not ServiceNow's (an id that is none, a stamp in the zone of a user): `'warn'` (default) logs
   * `answer.unexpected_form`, `'error'` throws, `'off'` spares the schemas. Lists and single records that are read raw are looked at.
   */
  validate?: Validation
  /** Default false: in a page everybody would see the credentials; ask your own server instead. */
  dangerouslyAllowBrowser?: boolean
}

/** The options with every default in place. */
export interface ClientConfig
  extends Required<
    Omit<
      ClientOptions,
      'instanceUrl' | 'allowedOrigins' | 'fetch' | 'userAgent' | 'dangerouslyAllowBrowser' | keyof Hooks
    >
  > {
  origin: string
  allowedOrigins: readonly string[]
  fetch: FetchLike | undefined
  hooks: Hooks
  userAgent: string | undefined
}

/** Checks the options. Throws one ConfigError naming every fault. */
export function resolveOptions(options: ClientOptions): ClientConfig {
  const { timeoutMs = 30_000, maxRetries = 2, concurrency = 4, maxBodyBytes = 32 * 1024 * 1024 } = options
  const problems: ConfigProblem[] = [
    ...wholeNumber('timeoutMs', timeoutMs, 1, 3_600_000),
    ...wholeNumber('maxRetries', maxRetries, 0, 10),
    ...wholeNumber('concurrency', concurrency, 1, 64),
    ...wholeNumber('maxBodyBytes', maxBodyBytes, 1024, 1024 * 1024 * 1024),
  ]
  const { fetch, userAgent, allowedOrigins = [] } = options
  if (fetch !== undefined && typeof fetch !== 'function') {
    problems.push({ key: 'fetch', message: 'must be a function' })
  }
  if (userAgent !== undefined && !/^[\x20-\x7e]+$/.test(userAgent)) {
    problems.push({ key: 'userAgent', message: 'must be one line of ASCII' })
  }
  problems.push(...originProblems(allowedOrigins))
  if (!['off', 'warn', 'error', undefined].includes(options.validate)) {
    problems.push({ key: 'validate', message: 'must be off, warn or error' })
  }
  const { auth } = options
  if (typeof auth !== 'function' && typeof auth?.headers !== 'function') {
    problems.push({
      key: 'auth',
      message: 'is missing',
      hint: 'Give basicAuth({ username, password }) or another auth.',
    })
  }
  if (isPage() && options.dangerouslyAllowBrowser !== true) {
    problems.push({
      key: 'dangerouslyAllowBrowser',
      message: 'is not set, and this is a page, where everybody would see the credentials',
      hint: 'Call ServiceNow from a server of yours, for example @snowline/server.',
    })
  }
  const origin = collect(problems, () =>
    parseInstanceUrl(String(options.instanceUrl ?? ''), Array.isArray(allowedOrigins) ? allowedOrigins : []),
  )
  if (problems.length > 0 || origin === null) throw new ConfigError(problems)
  return {
    origin,
    allowedOrigins,
    auth,
    timeoutMs,
    maxRetries,
    concurrency,
    maxBodyBytes,
    fetch,
    hooks: options,
    userAgent,
    validate: options.validate ?? 'warn',
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  }
}

/** A page, or a worker of one: servers at the edge have the scope of a worker too, and no scripts to import. */
function isPage(): boolean {
  const has = (name: string) => name in globalThis
  return (has('window') && has('document')) || (has('WorkerGlobalScope') && has('importScripts'))
}

/** An entry that cannot be read would allow nothing, and nobody would know why. */
function originProblems(origins: readonly string[]): ConfigProblem[] {
  const hint = 'Give exact origins, for example https://help.example.com.'
  if (!Array.isArray(origins)) return [{ key: 'allowedOrigins', message: 'must be a list', hint }]
  return origins.flatMap((entry, at) =>
    URL.canParse(entry) && /^https?:/.test(new URL(entry).origin)
      ? []
      : [{ key: `allowedOrigins[${at}]`, message: 'is no origin', hint }],
  )
}

function wholeNumber(key: string, value: number, least: number, most: number): ConfigProblem[] {
  const valid = Number.isInteger(value) && value >= least && value <= most
  return valid ? [] : [{ key, message: `must be a whole number from ${least} to ${most}` }]
}

function collect<T>(problems: ConfigProblem[], make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return null
  }
}
