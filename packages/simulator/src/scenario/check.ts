/** The shape of a scenario: what each name may hold, and what must agree between them. */
import type { UserOptions } from '../acl.ts'
import type { LateCommits } from '../commits.ts'
import { baseTables } from '../dictionary.ts'
import { FAULT_KINDS, type Fault } from '../faults.ts'
import type { Semaphore, SessionLock } from '../gate.ts'
import type { Quota } from '../quota.ts'
import type { RateRule } from '../rate.ts'
import type { QueryAcl, TableAcl } from '../rights.ts'
import type { WorkOptions } from '../work.ts'
import { ScenarioError, type ScenarioProblem } from './problem.ts'
import type { ClockPlan, FieldPlan, HiddenRows, Scenario, TablePlan } from './scenario.ts'
import {
  either,
  isFields,
  list,
  mapOf,
  number,
  object,
  oneOf,
  type Shape,
  scalar,
  such,
  whole,
  words,
  yesNo,
} from './shape.ts'

const PRIVATE_NAME = /^[a-z][a-z0-9_]*$/
const FIELD_KINDS = [
  'string',
  'guid',
  'integer',
  'boolean',
  'date-time',
  'date',
  'duration',
  'reference',
  'journal',
  'class',
]

const column = such(
  (value) => typeof value === 'string' && PRIVATE_NAME.test(value),
  'a name of a table or column',
  'Write small letters, digits and _, such as u_site.',
)
const instant = such(
  (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  'an instant',
  'Write ISO 8601 with a zone, such as "2026-11-02T09:00:00Z".',
)

function isZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined
  } catch {
    return false
  }
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) !== undefined
  } catch {
    return false
  }
}

const zone = such(isZone, 'a time zone', 'Write an IANA zone, such as "Europe/Berlin".')
const pattern = such(
  isPattern,
  'a regular expression',
  'Write one that JavaScript reads, such as "sysparm_offset=0".',
)

const user = object<UserOptions>(
  {
    user: words,
    password: words,
    roles: list(words),
    name: words,
    sysId: words,
    timeZone: zone,
    dateFormat: words,
    mfaCode: words,
    cannot: mapOf(list(oneOf(['read', 'insert', 'update', 'delete'])), column),
    unreadable: mapOf(list(column), column),
  },
  ['user', 'password'],
)

const field = object<FieldPlan>({
  label: words,
  kind: oneOf(FIELD_KINDS),
  reference: column,
  choices: mapOf(words, scalar),
  default: such((value) => typeof value === 'string', 'a text', 'Write the raw value in quotes.'),
  maxLength: whole(1),
  strictChoice: yesNo,
  writable: yesNo,
  seeded: list(such((value) => typeof value === 'string', 'a text', 'Write raw values in quotes.')),
})

const table = object<TablePlan>({
  label: words,
  extends: column,
  display: column,
  fields: mapOf(field, column),
  readRoles: list(words),
  auditDelete: yesNo,
})

const fault = object<Fault>(
  {
    kind: oneOf(FAULT_KINDS),
    match: object<NonNullable<Fault['match']>>({ method: words, table: column, path: pattern }),
    count: whole(1),
    probability: number(0, 1),
    seed: whole(0),
    skip: whole(0),
    delayMs: number(0),
    status: whole(100),
    retryAfter: number(0),
    message: words,
    body: such((value) => typeof value === 'string', 'a text', 'Write a text.'),
    contentType: words,
  },
  ['kind'],
)

const lateCommits = object<LateCommits>(
  {
    seed: whole(0),
    share: number(0, 1),
    maxSeconds: number(0),
    writes: list(oneOf(['rest', 'mutate', 'play'])),
  },
  ['seed', 'share', 'maxSeconds'],
)

const quota = object<Quota>(
  { seconds: number(0), msPerRow: number(0), answer: oneOf(['partial', 'cut', 'queued']), table: column },
  ['seconds', 'msPerRow'],
)

const semaphore = object<Semaphore>({
  concurrent: whole(1),
  queue: whole(0),
  body: oneOf(['empty', 'html', 'json']),
})
const sessionLock = object<SessionLock>({ waiting: whole(0), seconds: number(0) })
const rateRule = object<RateRule>(
  { limit: whole(0), perSeconds: whole(1), user: words, role: words, table: column },
  ['limit'],
)
const queryAcl = object<QueryAcl>(
  { table: column, field: column, answer: oneOf(['ignored', 'forbidden', 'open']), user: words },
  ['table', 'field', 'answer'],
)
const tableAcl = object<TableAcl>(
  { table: column, answer: oneOf(['forbidden', 'empty', 'open']), user: words },
  ['table', 'answer'],
)
const hidden = object<HiddenRows>({ sys_ids: list(words), user: words }, ['sys_ids'])
const clock = object<ClockPlan>({ start: instant, follow: yesNo })
const work = object<WorkOptions>({ everySeconds: number(0.001), count: whole(1), seed: whole(0) }, [
  'everySeconds',
])

/** Limits that a preset sets may be taken away by `null`. */
const orNone = (of: Shape): Shape =>
  either(
    such((value) => value === null, 'null', ''),
    of,
  )

function scenarioShape(presets: readonly string[]): Shape {
  return object<Scenario>({
    preset: oneOf(presets),
    name: words,
    seed: whole(0),
    incidents: whole(0),
    bulkIncidents: whole(0),
    records: mapOf(list(mapOf(scalar, column)), column),
    users: list(user),
    tables: mapOf(table, column),
    priorities: mapOf(
      words,
      such((value) => /^\d+\/\d+$/.test(String(value)), 'a pair of impact and urgency', 'Write it as "1/2".'),
    ),
    clock,
    latencyMs: number(0),
    caseSensitive: yesNo,
    invalidQueryReturnsNoRows: yesNo,
    maxBodyBytes: whole(1),
    maxUrlLength: whole(1),
    faults: list(fault),
    lateCommits: orNone(lateCommits),
    quota: orNone(quota),
    semaphore: orNone(semaphore),
    sessionLock: orNone(sessionLock),
    rateRules: list(rateRule),
    queryAcls: list(queryAcl),
    tableAcls: list(tableAcl),
    hidden: list(hidden),
    work: orNone(work),
  })
}

function recordProblems({ records = {}, tables = {} }: Scenario): ScenarioProblem[] {
  const known = new Set([...baseTables.map(({ name }) => name), ...Object.keys(tables)])
  return Object.entries(records).flatMap(([name, rows]) => {
    if (!known.has(name)) {
      const mend = `Describe it under "tables", or take one of: ${[...known].join(', ')}.`
      return [{ path: `records.${name}`, message: 'The instance has no such table.', mend }]
    }
    return rows.flatMap((row, at) => {
      if (typeof row.sys_id === 'string' && row.sys_id !== '') return []
      const mend = 'Give each record a sys_id of 32 hexadecimal digits, in quotes.'
      return [{ path: `records.${name}[${at}].sys_id`, message: 'A record needs a sys_id.', mend }]
    })
  })
}

function userProblems({ users = [] }: Scenario): ScenarioProblem[] {
  const names = users.map((each) => each.user)
  return names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [
          {
            path: `users[${at}].user`,
            message: `"${name}" is there twice.`,
            mend: 'Give each user a name of its own.',
          },
        ],
  )
}

/**
 * Makes sure that plain data is a scenario. It throws `ScenarioError` with every problem, its place and its mend.
 *
 * @param presets the names that `preset` may have
 * @param source what the message calls the data
 */
export function checkScenario(value: unknown, presets: readonly string[], source = 'The scenario'): Scenario {
  const problems: ScenarioProblem[] = []
  scenarioShape(presets)(value, '', problems)
  if (problems.length > 0 || !isFields(value)) throw new ScenarioError(source, problems)
  const scenario: Scenario = value
  const more = [...recordProblems(scenario), ...userProblems(scenario)]
  if (more.length > 0) throw new ScenarioError(source, more)
  return scenario
}
