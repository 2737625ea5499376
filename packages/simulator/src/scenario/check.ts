/** The shape of a scenario: what each name may hold, and what must agree between them. */
import { INSTANT_MEND, isInstant } from '../clock.ts'
import { doorShapes } from './doors.ts'
import { namesIn } from './ground.ts'
import type { Names } from './names.ts'
import { personShape } from './people.ts'
import { recordsShape, tablesShape } from './plans.ts'
import { ScenarioError, type ScenarioProblem } from './problem.ts'
import type { ClockPlan, Scenario } from './scenario.ts'
import {
  either,
  isFields,
  list,
  mapOf,
  object,
  oneOf,
  type Shape,
  such,
  text,
  unique,
  whole,
  words,
  yesNo,
} from './shape.ts'
import { troubleShapes, wait } from './troubles.ts'

const instant = such(isInstant, 'an instant', INSTANT_MEND)
const clock = object<ClockPlan>({ start: instant, follow: yesNo })
/** Limits that a preset sets may be taken away by `null`. */
const orNone = (of: Shape): Shape =>
  either(
    such((value) => value === null, 'null', ''),
    of,
  )

/** The scenarios of presets by name: what lies below a scenario that names one. */
export type Below = Readonly<Record<string, { readonly scenario: Scenario }>>

function scenarioShape(presets: readonly string[], names: Names): Shape {
  const trouble = troubleShapes(names)
  const door = doorShapes(names)
  return object<Scenario>({
    preset: oneOf(presets),
    name: words,
    seed: whole(0),
    incidents: whole(0),
    bulkIncidents: whole(0),
    records: recordsShape(names),
    users: unique(personShape(names), 'user', 'Give each user a name of its own.'),
    tables: tablesShape(names),
    priorities: mapOf(
      words,
      such((value) => /^\d+\/\d+$/.test(String(value)), 'a pair of impact and urgency', 'Write it as "1/2".'),
    ),
    clock,
    latencyMs: wait,
    caseSensitive: yesNo,
    invalidQueryReturnsNoRows: yesNo,
    maxBodyBytes: whole(1),
    maxUrlLength: whole(1),
    properties: mapOf(text, door.propertyName),
    oauthClients: unique(door.oauthClient, 'clientId', 'Give each application an id of its own.'),
    oauth: door.tokenLives,
    apiKeys: unique(door.apiKey, 'key', 'Give each key once; its "apis" may be several.', true),
    imports: unique(door.importMap, 'staging', 'A staging table has one map.'),
    attachmentsAskNoCredentials: yesNo,
    faults: list(trouble.fault),
    lateCommits: orNone(trouble.lateCommits),
    quota: orNone(trouble.quota),
    semaphore: orNone(trouble.semaphore),
    sessionLock: orNone(trouble.sessionLock),
    rateRules: list(trouble.rateRule),
    queryAcls: list(trouble.queryAcl),
    tableAcls: list(trouble.tableAcl),
    dataPolicies: list(trouble.dataPolicy),
    businessRules: list(trouble.businessRule),
    hidden: list(trouble.hidden),
    work: orNone(trouble.work),
  })
}

/**
 * Makes sure that plain data is a scenario. It throws `ScenarioError` with every problem, its place and its mend.
 *
 * @param presets what `preset` may name, with what lies below
 * @param source what the message calls the data
 */
export function checkScenario(value: unknown, presets: Below, source = 'The scenario'): Scenario {
  const problems: ScenarioProblem[] = []
  const own = isFields(value) ? value : {}
  const below =
    typeof own.preset === 'string' && Object.hasOwn(presets, own.preset) ? presets[own.preset] : undefined
  const names = namesIn({ ...below?.scenario, ...own })
  scenarioShape(Object.keys(presets), names)(value, '', problems)
  if (problems.length > 0 || !isFields(value)) throw new ScenarioError(source, problems)
  return value
}
