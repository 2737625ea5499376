/** The shapes of what goes wrong and what is limited: faults, late commits, quotas, queues, rules, rights, work. */
import type { LateCommits } from '../commits.ts'
import { FAULT_KINDS, type Fault } from '../faults.ts'
import type { Semaphore, SessionLock } from '../gate.ts'
import type { BusinessRule, DataPolicy } from '../policies.ts'
import type { Quota } from '../quota.ts'
import type { RateRule } from '../rate.ts'
import type { QueryAcl, TableAcl } from '../rights.ts'
import type { WorkOptions } from '../work.ts'
import type { HiddenRows } from './scenario.ts'
import { column, list, number, object, oneOf, such, whole, words } from './shape.ts'

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

/** One fault to set. */
export const fault = object<Fault>(
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
    location: words,
  },
  ['kind'],
)

/** Late commits as a mode. */
export const lateCommits = object<LateCommits>(
  {
    seed: whole(0),
    share: number(0, 1),
    maxSeconds: number(0),
    writes: list(oneOf(['rest', 'mutate', 'play'])),
  },
  ['seed', 'share', 'maxSeconds'],
)

/** The transaction quota. */
export const quota = object<Quota>(
  { seconds: number(0), msPerRow: number(0), answer: oneOf(['partial', 'cut', 'queued']), table: column },
  ['seconds', 'msPerRow'],
)

/** The semaphore set of a node. */
export const semaphore = object<Semaphore>({
  concurrent: whole(1),
  queue: whole(0),
  body: oneOf(['empty', 'html', 'json']),
})
/** One transaction at a time for a session. */
export const sessionLock = object<SessionLock>({ waiting: whole(0), seconds: number(0) })
/** One rate rule. */
export const rateRule = object<RateRule>(
  { limit: whole(0), perSeconds: whole(1), user: words, role: words, table: column },
  ['limit'],
)
/** A column without `query_range`. */
export const queryAcl = object<QueryAcl>(
  { table: column, field: column, answer: oneOf(['ignored', 'forbidden', 'open']), user: words },
  ['table', 'field', 'answer'],
)
/** A closed table. */
export const tableAcl = object<TableAcl>(
  { table: column, answer: oneOf(['forbidden', 'empty', 'open']), user: words },
  ['table', 'answer'],
)
/** Rows that are not seen. */
export const hidden = object<HiddenRows>({ sys_ids: list(words), user: words }, ['sys_ids'])
/** Columns that are mandatory wherever a condition holds. */
export const dataPolicy = object<DataPolicy>({ table: column, mandatory: list(column), when: words }, [
  'table',
  'mandatory',
])
/** A rule that aborts writes. */
export const businessRule = object<BusinessRule>(
  { table: column, name: words, on: list(oneOf(['insert', 'update', 'delete'])), when: words },
  ['table', 'name'],
)
/** People at work. */
export const work = object<WorkOptions>({ everySeconds: number(0.001), count: whole(1), seed: whole(0) }, [
  'everySeconds',
])
