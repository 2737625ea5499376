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

/**
 * What a client is made of: the two members without a default, what they are sent by, and its limits. Checked all at once by
 * `createClient`, which throws one ConfigError naming every fault.
 *
 * Example: `createClient({ instanceUrl: 'dev12345', auth: basicAuth({ username, password }), timeoutMs: 75_000 })`.
 */
export interface ClientOptions extends Hooks {
  /** `dev12345`, a host, or a URL: https on `*.service-now.com`, or an exact member of `allowedOrigins`. A path is cut off. */
  instanceUrl: string
  /** `basicAuth(...)`, `apiKey(...)`, `bearer(...)`, `oauth(...)`, or a function giving headers. */
  auth: AuthOption
  /** What sends a request; default the global fetch, looked up with each request so that msw and the like can stand in. */
  fetch?: FetchLike
  /**
   * Milliseconds for each attempt, body included, and for the credentials of one; 1 to 3,600,000, default 30,000: the instance cancels a
   * batch after 30 s and other REST requests after 60 s (its default quota rules), so that a call which needs longer should ask for less. Raise it to
   * 75,000 to hear the instance's own word instead.
   */
  timeoutMs?: number
  /**
   * Attempts after the first, of one call; 0 to 10, default 2: with waits of at most 0.5 s and 1 s (full jitter, doubling, cap 60 s) they
   * bridge the restart of a node without hiding an outage. A wait the instance asks for is obeyed up to 60 s. What may have been carried
   * out is repeated only where that changes nothing.
   */
  maxRetries?: number
  /**
   * Requests at once, downloads that are being read among them; 1 to 64, default 4: so many integration requests an instance serves at once
   * on one node, and it refuses those beyond its queue of 50 by 429 (KB1297438).
   */
  concurrency?: number
  /** Where `http.retry`, `hook.failed` and the like are written; default: nowhere. Gets no bodies, no secrets and no query values. */
  logger?: Logger
  /** The time and the waits of retries and pauses; default the machine's. `timeoutMs` runs by the machine's timers in any case. */
  clock?: Clock
  /** Numbers in [0, 1) for the jitter of waits; default Math.random. */
  random?: () => number
  /** Default none. Exact origins allowed besides `https://*.service-now.com`: vanity hosts, government clouds, a simulator on loopback. */
  allowedOrigins?: readonly string[]
  /**
   * Decoded bytes of one answer; 1 KiB to 1 GiB, default 32 MiB, well above a page of 1,000 whole incidents. More is an
   * UnexpectedResponseError (`too_large`). Downloads are streams and have no limit.
   */
  maxBodyBytes?: number
  /** One line of ASCII, for the logs of the instance; default what the runtime sends. */
  userAgent?: string
  /**
   * What becomes of a record whose form is not ServiceNow's (an id that is none, a stamp in the zone of a user): `'warn'` (default) logs
   * `answer.unexpected_form`, `'error'` throws, `'off'` looks at nothing. Single records and the first 25 of a page that is read raw are looked at.
   */
  validate?: Validation
  /** Default false: in a page, or a worker of one, everybody would see the credentials; ask your own server instead. */
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
  const { auth, fetch, userAgent, allowedOrigins = [] } = options
  problems.push(...partProblems(options), ...originProblems(allowedOrigins))
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

/** What is wrong with the parts that are no numbers and no addresses. */
function partProblems(options: ClientOptions): ConfigProblem[] {
  const { auth, fetch, userAgent } = options
  const problems: ConfigProblem[] = []
  if (fetch !== undefined && typeof fetch !== 'function') {
    problems.push({ key: 'fetch', message: 'must be a function' })
  }
  if (userAgent !== undefined && !/^[\x20-\x7e]+$/.test(userAgent)) {
    problems.push({ key: 'userAgent', message: 'must be one line of ASCII' })
  }
  if (!['off', 'warn', 'error', undefined].includes(options.validate)) {
    problems.push({ key: 'validate', message: 'must be off, warn or error' })
  }
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
  return problems
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
