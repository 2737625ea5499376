/** The shapes of what goes wrong and what is limited: faults, late commits, quotas, queues, rules, rights, work. Scenarios and control methods share them. */
import type { LateCommits } from '../commits.ts'
import { FAULT_KINDS, type Fault } from '../faults.ts'
import type { Semaphore, SessionLock } from '../gate.ts'
import type { BusinessRule, DataPolicy } from '../policies.ts'
import type { Quota } from '../quota.ts'
import type { RateRule } from '../rate.ts'
import type { QueryAcl, TableAcl } from '../rights.ts'
import type { WorkOptions } from '../work.ts'
import { demandColumn, demandReadable, type Names, tableOf, userOf } from './names.ts'
import type { HiddenRows } from './scenario.ts'
import {
  also,
  column,
  headerText,
  inside,
  list,
  number,
  object,
  oneOf,
  type Shape,
  some,
  such,
  text,
  whole,
  words,
} from './shape.ts'

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) !== undefined
  } catch {
    return false
  }
}

const pattern = such(
  isPattern,
  'a regular expression',
  'Write one that JavaScript reads, such as "sysparm_offset=0".',
)

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const knownMethod = oneOf(METHODS)
const method: Shape = (value, path, problems) =>
  knownMethod(typeof value === 'string' ? value.toUpperCase() : value, path, problems)

/** Statuses that have no body, whatever an answer would carry. */
const WITHOUT_BODY = [204, 205, 304]

const status = such(
  (value) =>
    Number.isInteger(value) &&
    Number(value) >= 200 &&
    Number(value) <= 599 &&
    !WITHOUT_BODY.includes(Number(value)),
  'a status with a body',
  'Write one from 200 to 599, but not 204, 205 or 304; "empty-answer" is the kind that sends no body.',
)

/** A timer takes no longer wait: it would go off at once. */
export const wait = number(0, 2 ** 31 - 1)

/** Ten years: a commit has to have a moment at which it is seen. */
const LATEST_SECONDS = 315_360_000

/** One fault to set. */
function faultShape(table: Shape): Shape {
  return object<Fault>(
    {
      kind: oneOf(FAULT_KINDS),
      match: object<NonNullable<Fault['match']>>({ method, table, path: pattern }),
      count: whole(1),
      probability: number(0, 1),
      seed: whole(0),
      skip: whole(0),
      delayMs: wait,
      status,
      retryAfter: number(0),
      message: words,
      body: text,
      contentType: headerText,
      location: headerText,
    },
    ['kind'],
  )
}

/** Columns that are mandatory wherever a condition holds. */
function dataPolicyShape(names: Names, table: Shape): Shape {
  const policy = object<DataPolicy>({ table, mandatory: some(column), when: words }, ['table', 'mandatory'])
  return also<DataPolicy>(policy, ({ table, mandatory, when }, path, problems) => {
    for (const [at, name] of mandatory.entries())
      demandColumn(names, table, name, { path: `${inside(path, 'mandatory')}[${at}]`, problems })
    if (when !== undefined) demandReadable(names, table, when, { path: inside(path, 'when'), problems })
  })
}

/** A rule that aborts writes. */
function businessRuleShape(names: Names, table: Shape): Shape {
  const rule = object<BusinessRule>(
    { table, name: words, on: some(oneOf(['insert', 'update', 'delete'])), when: words },
    ['table', 'name'],
  )
  return also<BusinessRule>(rule, ({ table, when }, path, problems) => {
    if (when !== undefined) demandReadable(names, table, when, { path: inside(path, 'when'), problems })
  })
}

/** A column without `query_range`. */
function queryAclShape(names: Names, table: Shape, user: Shape): Shape {
  const answer = oneOf(['ignored', 'forbidden', 'open'])
  const rule = object<QueryAcl>({ table, field: column, answer, user }, ['table', 'field', 'answer'])
  return also<QueryAcl>(rule, ({ table, field }, path, problems) =>
    demandColumn(names, table, field, { path: inside(path, 'field'), problems }),
  )
}

/** The shapes of an instance that has these names. */
export function troubleShapes(names: Names) {
  const table = tableOf(names)
  const user = userOf(names)
  return {
    fault: faultShape(table),
    lateCommits: object<LateCommits>(
      {
        seed: whole(0),
        share: number(0, 1),
        maxSeconds: number(0, LATEST_SECONDS),
        writes: list(oneOf(['rest', 'mutate', 'play'])),
      },
      ['seed', 'share', 'maxSeconds'],
    ),
    quota: object<Quota>(
      { seconds: number(0), msPerRow: number(0), answer: oneOf(['partial', 'cut', 'queued']), table },
      ['seconds', 'msPerRow'],
    ),
    semaphore: object<Semaphore>({
      concurrent: whole(1),
      queue: whole(0),
      body: oneOf(['empty', 'html', 'json']),
    }),
    sessionLock: object<SessionLock>({ waiting: whole(0), seconds: number(0) }),
    rateRule: object<RateRule>({ limit: whole(0), perSeconds: whole(1), user, role: words, table }, [
      'limit',
    ]),
    queryAcl: queryAclShape(names, table, user),
    tableAcl: object<TableAcl>({ table, answer: oneOf(['forbidden', 'empty', 'open']), user }, [
      'table',
      'answer',
    ]),
    hidden: object<HiddenRows>({ sys_ids: list(words), user }, ['sys_ids']),
    dataPolicy: dataPolicyShape(names, table),
    businessRule: businessRuleShape(names, table),
    work: object<WorkOptions>({ everySeconds: number(0.001), count: whole(1), seed: whole(0) }, [
      'everySeconds',
    ]),
  }
}
