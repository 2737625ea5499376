/** The living state of an instance: tables, people, faults, clock and counters, made anew by every reset. */
import { type Access, createAccess, type UserOptions } from './acl.ts'
import { type ApiKey, type ApiKeys, createApiKeys } from './api-keys.ts'
import { createBin } from './bin.ts'
import { type Clock, type ClockOptions, createClock } from './clock.ts'
import { createCommits } from './commits.ts'
import { createDatabase, type Database } from './database.ts'
import { baseTables, choiceRecords, schemaRecords, type TableDefinition } from './dictionary.ts'
import { createFaults, type Faults } from './faults.ts'
import { createFileStore, type FileStore } from './file-store.ts'
import { createGate, type Gate } from './gate.ts'
import { createHistory, type History } from './history.ts'
import { createImports, type ImportMap, type Imports } from './import-set.ts'
import { createPolicies } from './policies.ts'
import { PROPERTY_DEFAULTS } from './properties.ts'
import { createRandom, mixSeed } from './random.ts'
import { createRates, type Rates } from './rate.ts'
import { createRequestLog, type RequestLog } from './requests.ts'
import { priorityOf } from './rules.ts'
import { type BulkGround, type BulkSeed, streamBulk } from './seed/bulk.ts'
import { seedIncidents, seedPeople } from './seed/index.ts'
import { toStamp } from './stamp.ts'
import { createStatistics, type Statistics } from './statistics.ts'
import type { TableWorld } from './table-call.ts'
import { type RawRecord, valuesOf, type When } from './table-store.ts'
import { createTokens, type OAuthClient, type TokenLives, type Tokens } from './tokens.ts'
import { createWork, type Work } from './work.ts'

/** What the state of a new instance is made of; everything has a default. */
export interface WorldOptions {
  /** What the page of a served instance is headed with. */
  readonly name?: string
  /** Decides ids, texts, and the order of rows that no ORDERBY decides; default 1. */
  readonly seed?: number
  /** How many believable incidents to begin with; default 0. */
  readonly incidents?: number
  /** How many incidents more, made only when they are read (see `control.bulk`): for a million of them. Default 0. */
  readonly bulkIncidents?: number
  /** Users who may sign in; default `admin` with password `admin`. */
  readonly users?: readonly UserOptions[]
  /** More tables, or another definition of one that exists. */
  readonly tables?: readonly TableDefinition[]
  /** `dl_u_priority`: impact and urgency (`1/2`) to a priority; default as delivered. */
  readonly priorities?: Readonly<Record<string, string>>
  /** Changes each record that the seed made before it is stored: own columns, other choices. */
  readonly dress?: (table: string, record: RawRecord) => RawRecord
  /** Records to begin with, by table, stored as they are. */
  readonly records?: Readonly<Record<string, Iterable<RawRecord>>>
  /** Where the clock starts and what it follows; default: it stands still at 2026-11-02T09:00:00Z. */
  readonly clock?: ClockOptions
  /** Whether the case of texts counts in queries and orders; default false, like most instances. */
  readonly caseSensitive?: boolean
  /** `glide.invalid_query.returns_no_rows`: a query with an unreadable part finds nothing; default false. */
  readonly invalidQueryReturnsNoRows?: boolean
  /** Delay of every answer in milliseconds; default 0. */
  readonly latencyMs?: number
  /** Greatest body of a write in bytes (`glide.rest.max_content_length`); default 10 MB. */
  readonly maxBodyBytes?: number
  /** System properties by name, over the defaults of `PROPERTY_DEFAULTS` and the two options above. */
  readonly properties?: Readonly<Record<string, string>>
  /** Longest request line before `Request header is too large`; default 8,192 characters. */
  readonly maxUrlLength?: number
  /** Applications that may ask for tokens; default one, `simulator` with the secret `simulator`, for the first user. */
  readonly oauthClients?: readonly OAuthClient[]
  /** How long tokens live; default 1,800 s and 100 days. */
  readonly oauth?: TokenLives
  /** API keys with their profiles and policies; default none. */
  readonly apiKeys?: readonly ApiKey[]
  /** Staging tables with their transform maps; default none. */
  readonly imports?: readonly ImportMap[]
  /** Whether the Attachment API answers 403 where no credentials came, as the Australia release does (KB3054410); default false. */
  readonly attachmentsAskNoCredentials?: boolean
  /** How delays wait; default a timer. Tests give one that moves their own clock. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The state that requests and control methods share. */
export interface World extends TableWorld {
  readonly options: WorldOptions
  readonly seed: number
  readonly faults: Faults
  readonly statistics: Statistics
  readonly history: History
  readonly numbers: Numbers
  readonly gate: Gate
  readonly rates: Rates
  readonly requests: RequestLog
  readonly work: Work
  readonly tokens: Tokens
  readonly apiKeys: ApiKeys
  readonly files: FileStore
  readonly imports: Imports
  /** Long addresses by the id of their short ones. */
  readonly tiny: Map<string, string>
  /** A new transaction id for `X-Transaction-ID`. */
  nextTransaction(): string
}

const DEFAULT_USERS: readonly UserOptions[] = [
  { user: 'admin', password: 'admin', name: 'System Administrator' },
]

/** Stores records as they are in empty or fresh tables; a record whose sys_id is there already is written over. */
function fillTable(database: Database, table: string, records: Iterable<RawRecord>, when: When): void {
  const store = database.need(table)
  for (const record of records) {
    const row = store.find(record.sys_id ?? '')
    if (row) store.update(row, record, when)
    else store.insert(record, when)
  }
}

/** Stores records as they are: no stamps, no rules; a record whose sys_id is there already is written over. */
export function loadRecords(world: World, table: string, records: Iterable<RawRecord>): number {
  const { database, commits, history, clock } = world
  const store = database.need(table)
  const now = clock.now().getTime()
  const when: When = { committedAt: now, visibleAt: now }
  let count = 0
  for (const record of records) {
    const id = record.sys_id ?? ''
    if (id === '') throw new TypeError('A record needs a sys_id')
    commits.hasten(store, id)
    const row = store.find(id)
    const content = store.contentOf(record, row)
    // A record that was never there before needs no book: its row is its one version.
    if (row || history.knows(store, id)) history.add(store, id, { op: 'load', content, when })
    store.put(id, content, when)
    count++
  }
  return count
}

/** A seeded record as this instance has it: with its own priorities and columns. */
function dressed({ priorities, dress }: WorldOptions, table: string, record: RawRecord): RawRecord {
  const { impact = '', urgency = '' } = record
  const priority = table === 'incident' && priorities ? priorityOf(impact, urgency, priorities) : ''
  const own = priority === '' ? record : { ...record, priority }
  return dress?.(table, own) ?? own
}

/** Adds incidents that are made only when they are read; gives their number. */
export function addBulk(
  world: Pick<World, 'database' | 'numbers' | 'clock' | 'seed' | 'options'>,
  options: BulkSeed,
): number {
  const { database, numbers, clock, seed } = world
  const { count, sameSecond = 0 } = options
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`"count" is a whole number from 0, not ${count}`)
  if (!(sameSecond >= 0 && sameSecond <= count))
    throw new RangeError(`"sameSecond" is a number from 0 to count, not ${sameSecond}`)
  const table = database.need('incident')
  const now = clock.now()
  const when: When = { committedAt: now.getTime(), visibleAt: now.getTime() }
  const ground: BulkGround = {
    people: seed,
    now,
    lastNumber: Math.max(numbers.last(), FIRST_NUMBER + table.size),
    values: (record) => valuesOf(table.contentOf(dressed(world.options, 'incident', record))),
    column: (name) => table.column(name) ?? -1,
  }
  for (const { id, content } of streamBulk(options, ground)) table.put(id, content, when)
  numbers.start(ground.lastNumber + count)
  return count
}

/** The language in which the tables of an instance are labelled. */
function languageOf({ properties }: WorldOptions): string {
  return properties?.['glide.sys.language'] ?? PROPERTY_DEFAULTS['glide.sys.language']
}

function userRecords(access: Access, stamp: string): RawRecord[] {
  return access.principals.map(({ id, userName, name, zone, dateFormat }) => ({
    sys_id: id,
    user_name: userName,
    name,
    first_name: name.split(' ')[0] ?? '',
    last_name: name.split(' ').slice(1).join(' '),
    email: `${userName}@example.com`,
    time_zone: zone,
    date_format: dateFormat,
    active: 'true',
    sys_class_name: 'sys_user',
    ...stamps(stamp),
  }))
}

function stamps(stamp: string): RawRecord {
  const by = { sys_created_by: 'system', sys_updated_by: 'system', sys_mod_count: '0' }
  return { ...by, sys_created_on: stamp, sys_updated_on: stamp }
}

/** The properties that the options of an instance set; all others have no row and their default. */
function propertyRecords(options: WorldOptions, seed: number, stamp: string): RawRecord[] {
  const { maxBodyBytes, invalidQueryReturnsNoRows, properties } = options
  const given: Readonly<Record<string, string>> = {
    ...(maxBodyBytes === undefined ? {} : { 'glide.rest.max_content_length': String(maxBodyBytes) }),
    ...(invalidQueryReturnsNoRows ? { 'glide.invalid_query.returns_no_rows': 'true' } : {}),
    ...properties,
  }
  const random = createRandom(mixSeed(seed, 'properties'))
  return Object.entries(given).map(([name, value]) => ({
    sys_id: random.hex(32),
    name,
    value,
    ...stamps(stamp),
  }))
}

/** The applications of an instance: those given, or one for the first user. */
function oauthClients({ oauthClients }: WorldOptions, access: Access): readonly OAuthClient[] {
  const [first] = access.principals
  const own = { clientId: 'simulator', clientSecret: 'simulator' }
  return oauthClients ?? [first ? { ...own, applicationUser: first.userName } : own]
}

function fill(database: Database, access: Access, options: WorldOptions, seed: number, now: Date): void {
  const stamp = toStamp(now.getTime() - 90 * 86_400_000)
  const random = createRandom(mixSeed(seed, 'choices'))
  const when: When = { committedAt: now.getTime(), visibleAt: now.getTime() }
  const put = (table: string, records: Iterable<RawRecord>): void => fillTable(database, table, records, when)
  put(
    'sys_choice',
    choiceRecords(database.definitions, baseTables, languageOf(options)).map((record) => ({
      ...record,
      sys_id: random.hex(32),
      ...stamps(stamp),
    })),
  )
  const data = options.incidents
    ? seedIncidents({ seed, count: options.incidents, now })
    : seedPeople({ seed, now })
  for (const [table, records] of Object.entries(data))
    put(
      table,
      records.map((record) => dressed(options, table, record)),
    )
  put('sys_user', userRecords(access, stamp))
  const ids = createRandom(mixSeed(seed, 'schema'))
  for (const [table, records] of Object.entries(schemaRecords(database.definitions, () => ids.hex(32))))
    put(
      table,
      records.map((record) => ({ ...stamps(stamp), ...record })),
    )
  put('sys_properties', propertyRecords(options, seed, stamp))
  for (const [table, records] of Object.entries(options.records ?? {})) put(table, records)
}

/** The counter behind incident numbers; a restore puts it back, so that a number may be given twice. */
export interface Numbers {
  next(): string
  last(): number
  /** Goes on after the given number; without one, from the beginning. */
  start(last?: number): void
}

const FIRST_NUMBER = 10_000

/** Incident numbers from INC0010001, skipping those that loaded records have. */
function createNumbers(database: Database): Numbers {
  let last = FIRST_NUMBER
  return {
    next() {
      let number: string
      do number = `INC${String(++last).padStart(7, '0')}`
      while ((database.need('incident').lookup('number', number) ?? []).length > 0)
      return number
    },
    last: () => last,
    start(from = FIRST_NUMBER) {
      last = from
    },
  }
}

/** Makes the state of a fresh instance. The clock is given, so that a reset keeps the object its owner holds. */
export function createWorld(options: WorldOptions, clock: Clock = createClock(options.clock)): World {
  const seed = options.seed ?? 1
  const database = createDatabase(options.tables ?? [], options.caseSensitive ?? false)
  const access = createAccess(options.users ?? DEFAULT_USERS, database.definitions)
  fill(database, access, options, seed, clock.now())
  const transactions = createRandom(mixSeed(seed, 'transactions'))
  const history = createHistory()
  const numbers = createNumbers(database)
  if (options.bulkIncidents)
    addBulk({ database, numbers, clock, seed, options }, { seed, count: options.bulkIncidents })
  const tokens = createTokens(oauthClients(options, access), {
    random: createRandom(mixSeed(seed, 'tokens')),
    nowMs: () => clock.now().getTime(),
  })
  tokens.live(options.oauth ?? {})
  const files = createFileStore()
  let requests = 0
  return {
    options,
    seed,
    database,
    clock,
    access,
    random: createRandom(mixSeed(seed, 'ids')),
    faults: createFaults(seed),
    statistics: createStatistics(),
    history,
    commits: createCommits(database, clock, history),
    policies: createPolicies(database, seed),
    bin: createBin(database, files),
    numbers,
    gate: createGate(clock),
    rates: createRates(seed),
    requests: createRequestLog(clock),
    limits: { quota: undefined },
    work: createWork(clock),
    tokens,
    apiKeys: createApiKeys(options.apiKeys ?? []),
    files,
    imports: createImports({ database, clock, seed }, options.imports ?? []),
    tiny: new Map(),
    priorities: options.priorities,
    nextNumber: numbers.next,
    nextTransaction: () => transactions.hex(32),
    requestRandom: () => createRandom(mixSeed(seed, 'order', ++requests)),
  }
}
