/** The shape of a scenario: what each name may hold, and what must agree between them. */
import type { UserOptions } from '../acl.ts'
import { baseTables } from '../dictionary.ts'
import { apiKey, importMap, oauthClient, tokenLives } from './doors.ts'
import { ScenarioError, type ScenarioProblem } from './problem.ts'
import type { ClockPlan, FieldPlan, Scenario, TablePlan } from './scenario.ts'
import {
  column,
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
import {
  businessRule,
  dataPolicy,
  fault,
  hidden,
  lateCommits,
  queryAcl,
  quota,
  rateRule,
  semaphore,
  sessionLock,
  tableAcl,
  work,
} from './troubles.ts'

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

const zone = such(isZone, 'a time zone', 'Write an IANA zone, such as "Europe/Berlin".')

const user = object<UserOptions>(
  {
    user: words,
    password: words,
    roles: list(words),
    name: words,
    sysId: words,
    timeZone: zone,
    dateFormat: words,
    domain: words,
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

const clock = object<ClockPlan>({ start: instant, follow: yesNo })
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
    properties: mapOf(such((value) => typeof value === 'string', 'a text', 'Write the value in quotes.')),
    oauthClients: list(oauthClient),
    oauth: tokenLives,
    apiKeys: list(apiKey),
    imports: list(importMap),
    attachmentsAskNoCredentials: yesNo,
    faults: list(fault),
    lateCommits: orNone(lateCommits),
    quota: orNone(quota),
    semaphore: orNone(semaphore),
    sessionLock: orNone(sessionLock),
    rateRules: list(rateRule),
    queryAcls: list(queryAcl),
    tableAcls: list(tableAcl),
    dataPolicies: list(dataPolicy),
    businessRules: list(businessRule),
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
