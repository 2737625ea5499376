/** The only reader of the environment: every variable of ours checked at once, everything of ServiceNow's carried along unjudged. */
import { isAbsolute, join, resolve } from 'node:path'
import { ConfigError, type ConfigProblem } from '@snowline/sdk'
import * as z from 'zod'
import { scheduleFault } from './cron.ts'
import { type HostTicketsConfig, parseHostMap } from './tickets/host-map.ts'

/** What a JWT of the host application must carry, and which of its words we read. */
export interface HostJwtConfig {
  secret: string | null
  jwksUrl: string | null
  issuer: string | null
  audience: string | null
  roleClaim: string
  emailClaim: string
  /** The host's role word to ours. */
  roleMap: Readonly<Record<string, string>>
}

export interface ServerConfig {
  host: string
  port: number
  /** Where `demo` puts its pretend instance. */
  simPort: number
  dataDir: string
  /** Path of the SQLite file. */
  databaseFile: string
  publicUrl: string | null
  corsOrigins: readonly string[]
  trustProxy: boolean
  secretKey: string | null
  production: boolean
  admin: { email: string; password: string } | null
  hostJwt: HostJwtConfig | null
  /** Empty, or `/prefix` without a slash at its end. */
  basePath: string
  pages: boolean
  rawDump: boolean
  /** When the environment's connection is synced by itself, as cron in UTC; null: never. */
  syncCron: string | null
  /** A linked ticket takes the status of its incident after a pull. */
  statusBack: boolean
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  logFormat: 'json' | 'pretty'
  /** Where the tickets live when they are an existing application's; null: in our own database. */
  hostTickets: HostTicketsConfig | null
  /** The `SN_*` variables as they are: no fault in them stops the start. */
  sn: Readonly<Record<string, string>>
}

const flag = (fallback: boolean) =>
  z
    .enum(['on', 'off', 'true', 'false', '1', '0', 'yes', 'no'], { error: 'must be on or off' })
    .transform((word) => ['on', 'true', '1', 'yes'].includes(word))
    .default(fallback)

const origin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value

const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be a port number')

const ticketsMap = z
  .string()
  .default('{}')
  .transform((text, context) => {
    const { map, faults } = parseHostMap(text)
    for (const message of faults) context.addIssue({ code: 'custom', message })
    return map ?? z.NEVER
  })

const schedule = z.string().superRefine((text, context) => {
  const message = scheduleFault(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

const url = z.string().refine((value) => URL.canParse(value), 'must be a URL')

/** One line a variable; `.env.example` is compared with these keys by a test. */
export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(4411),
  SIM_PORT: port.default(4412),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^file:.+/, 'must begin with file: (this build serves SQLite)')
    .optional(),
  PUBLIC_URL: url.optional(),
  CORS_ORIGINS: list.refine((origins) => origins.every(origin), 'must be a comma list of exact origins'),
  TRUST_PROXY: flag(false),
  SECRET_KEY: z.string().min(16, 'must have at least 16 characters').optional(),
  NODE_ENV: z.string().optional(),
  ADMIN_EMAIL: z.string().regex(/.@./, 'must be an e-mail address').optional(),
  ADMIN_PASSWORD: z.string().min(8, 'must have at least 8 characters').optional(),
  AUTH_JWT_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  AUTH_JWKS_URL: url.optional(),
  AUTH_JWT_ISSUER: z.string().optional(),
  AUTH_JWT_AUDIENCE: z.string().optional(),
  AUTH_JWT_ROLE_CLAIM: z.string().default('role'),
  AUTH_JWT_EMAIL_CLAIM: z.string().default('email'),
  AUTH_ROLE_MAP: list.refine(
    (pairs) => pairs.every((pair) => /^[^=]+=[^=]+$/.test(pair)),
    'must be a comma list of theirs=ours',
  ),
  BASE_PATH: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*\/?$/, 'must look like /prefix')
    .default('')
    .transform((path) => path.replace(/\/$/, '')),
  PAGES: flag(true),
  RAW_DUMP: flag(true),
  TICKETS_DATABASE_URL: z
    .string()
    .regex(/^file:.+/, "must begin with file: and lead to the application's SQLite file")
    .optional(),
  TICKETS_TABLE: z.string().default('tickets'),
  TICKETS_MAP: ticketsMap,
  SYNC_CRON: schedule.optional(),
  SYNC_STATUS_BACK: flag(false),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
})

/**
 * The server's configuration. An empty variable counts as unset.
 *
 * @param cwd the folder the command was started in; relative paths begin there
 * @throws ConfigError naming every faulty or contradictory variable at once, never a value
 * @example readConfig({ PORT: '8080' }, '/srv').databaseFile  // '/srv/data/snowline.db'
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, cwd: string): ServerConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environment.safeParse(given)
  const problems: ConfigProblem[] = []
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push({ key: String(issue.path[0] ?? 'environment'), message: issue.message })
    }
  }
  problems.push(...contradictions(given))
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const e = parsed.data
  const dataDir = resolve(cwd, e.DATA_DIR)
  return {
    host: e.HOST,
    port: e.PORT,
    simPort: e.SIM_PORT,
    dataDir,
    databaseFile: databaseFile(e.DATABASE_URL, dataDir, cwd),
    publicUrl: e.PUBLIC_URL ?? null,
    corsOrigins: e.CORS_ORIGINS,
    trustProxy: e.TRUST_PROXY,
    secretKey: e.SECRET_KEY ?? null,
    production: e.NODE_ENV === 'production',
    admin: adminOf(e.ADMIN_EMAIL, e.ADMIN_PASSWORD),
    hostJwt: hostJwtOf(e),
    basePath: e.BASE_PATH,
    pages: e.PAGES,
    rawDump: e.RAW_DUMP,
    syncCron: e.SYNC_CRON ?? null,
    statusBack: e.SYNC_STATUS_BACK,
    logLevel: e.LOG_LEVEL,
    logFormat: e.LOG_FORMAT,
    hostTickets: hostTicketsOf(e, dataDir, cwd),
    sn: Object.fromEntries(Object.entries(given).filter(([key]) => key.startsWith('SN_'))) as Record<
      string,
      string
    >,
  }
}

function contradictions(given: Readonly<Record<string, unknown>>): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if ('ADMIN_EMAIL' in given !== 'ADMIN_PASSWORD' in given) {
    const key = 'ADMIN_EMAIL' in given ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL'
    problems.push({ key, message: 'is needed: the first administrator has an e-mail address and a password' })
  }
  if ('AUTH_JWT_SECRET' in given && 'AUTH_JWKS_URL' in given) {
    problems.push({
      key: 'AUTH_JWT_SECRET',
      message: 'and AUTH_JWKS_URL exclude each other',
      hint: 'Keep one of the two.',
    })
  }
  for (const key of ['TICKETS_TABLE', 'TICKETS_MAP']) {
    if (!(key in given) || 'TICKETS_DATABASE_URL' in given) continue
    const hint = "Set TICKETS_DATABASE_URL to the application's file, or leave both unset."
    problems.push({ key, message: 'says nothing without TICKETS_DATABASE_URL', hint })
  }
  return problems
}

function databaseFile(databaseUrl: string | undefined, dataDir: string, cwd: string): string {
  if (databaseUrl === undefined) return join(dataDir, 'snowline.db')
  const path = databaseUrl.replace(/^file:(\/\/(?=\/))?/, '').replace('{DATA_DIR}', dataDir)
  return isAbsolute(path) ? path : resolve(cwd, path)
}

function hostTicketsOf(
  e: z.infer<typeof environment>,
  dataDir: string,
  cwd: string,
): HostTicketsConfig | null {
  if (e.TICKETS_DATABASE_URL === undefined) return null
  const file = databaseFile(e.TICKETS_DATABASE_URL, dataDir, cwd)
  if (file === databaseFile(e.DATABASE_URL, dataDir, cwd)) {
    throw new ConfigError([
      {
        key: 'TICKETS_DATABASE_URL',
        message: 'leads to our own database',
        hint: 'Leave it unset: tickets live in our own database by default.',
      },
    ])
  }
  return { file, table: e.TICKETS_TABLE, map: e.TICKETS_MAP }
}

function adminOf(email: string | undefined, password: string | undefined): ServerConfig['admin'] {
  return email === undefined || password === undefined ? null : { email, password }
}

function hostJwtOf(e: z.infer<typeof environment>): HostJwtConfig | null {
  if (e.AUTH_JWT_SECRET === undefined && e.AUTH_JWKS_URL === undefined) return null
  return {
    secret: e.AUTH_JWT_SECRET ?? null,
    jwksUrl: e.AUTH_JWKS_URL ?? null,
    issuer: e.AUTH_JWT_ISSUER ?? null,
    audience: e.AUTH_JWT_AUDIENCE ?? null,
    roleClaim: e.AUTH_JWT_ROLE_CLAIM,
    emailClaim: e.AUTH_JWT_EMAIL_CLAIM,
    roleMap: Object.fromEntries(e.AUTH_ROLE_MAP.map((pair) => pair.split('=').map((word) => word.trim()))),
  }
}
