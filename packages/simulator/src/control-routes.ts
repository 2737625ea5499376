/** What each path under `/__sim/` does: one control method, its arguments out of a JSON body. */
import { administrationRoutes } from './administration-routes.ts'
import {
  type Asked,
  type Body,
  type ControlRoute,
  idsIn,
  listIn,
  numberIn,
  optionsIn,
  tableIn,
  textIn,
} from './asked.ts'
import type { LateCommits } from './commits.ts'
import type { Control } from './control.ts'
import type { Fault } from './faults.ts'
import type { Semaphore, SessionLock } from './gate.ts'
import type { PlayLine } from './play.ts'
import type { Quota } from './quota.ts'
import type { RateRule } from './rate.ts'
import type { QueryAcl, TableAcl } from './rights.ts'
import type { BulkSeed } from './seed/bulk.ts'
import type { RawRecord } from './table-store.ts'
import type { WorkOptions } from './work.ts'

/** Records come in raw form; anything that is no text would break every comparison later. */
function rawRecords(list: readonly unknown[]): RawRecord[] {
  return list.map((record) =>
    Object.fromEntries(Object.entries(record as object).map(([name, value]) => [name, String(value ?? '')])),
  )
}

function recordsByTable({ records }: Body): Record<string, RawRecord[]> {
  if (typeof records !== 'object' || records === null)
    throw new TypeError('The body needs "records": lists by table')
  return Object.fromEntries(
    Object.entries(records).map(([table, list]) => [table, rawRecords(Array.isArray(list) ? list : [])]),
  )
}

/** Lines as `{ "lines": [...] }`, or one JSON object a line. */
function play(control: Control, { body, text }: Asked): unknown {
  const lines = Array.isArray(body.lines)
    ? body.lines
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line))
  return { played: control.play(lines as PlayLine[]) }
}

function moveClock({ clock }: Control, { body }: Asked): unknown {
  if (body.freeze === true) clock.freeze()
  if (body.run === true) clock.run()
  const to = textIn(body, 'set')
  if (to !== undefined) clock.set(to)
  const seconds = numberIn(body, 'advance', 0)
  if (seconds !== 0) clock.advance(seconds)
  return { now: clock.now().toISOString() }
}

function records(control: Control, { rest, search }: Asked): unknown {
  const user = search.get('user')
  const latest = search.get('latest') === 'true'
  return { records: control.records(rest, { latest, ...(user === null ? {} : { user }) }) }
}

const data: Readonly<Record<string, ControlRoute>> = {
  'POST load': (control, { body }) => ({
    loaded: control.load(tableIn(body), rawRecords(listIn(body, 'records'))),
  }),
  'POST bulk': (control, { body }) => ({ added: control.bulk(optionsIn<BulkSeed>(body)) }),
  'POST play': play,
  'POST mutate': (control, { body }) => ({
    mutations: control.mutate({
      seed: numberIn(body, 'seed', 1),
      count: numberIn(body, 'count', 1),
      lateBySeconds: numberIn(body, 'lateBySeconds', 0),
    }),
  }),
  'GET records': records,
  'POST remove': (control, { body }) => ({
    removed: control.remove(tableIn(body), idsIn(body), { audited: body.audited !== false }),
  }),
  'POST undelete': (control, { body }) => ({ undeleted: control.undelete(tableIn(body), idsIn(body)) }),
  'POST archive': (control, { body }) => ({ archived: control.archive(tableIn(body), idsIn(body)) }),
}

const time: Readonly<Record<string, ControlRoute>> = {
  'GET clock': (control) => ({ now: control.clock.now().toISOString() }),
  'POST clock': moveClock,
  'GET late-commits': (control) => ({ pending: control.pending() }),
  'POST late-commits': (control, { body }) => {
    control.lateCommits(optionsIn<LateCommits>(body))
    return { late: true }
  },
  'DELETE late-commits': (control) => {
    control.lateCommits()
    return { late: false }
  },
  'POST work': (control, { body }) => {
    control.work(optionsIn<WorkOptions>(body))
    return { work: true }
  },
  'DELETE work': (control) => {
    control.work()
    return { work: false }
  },
  'POST snapshot': (control) => ({ token: control.snapshot() }),
  'POST restore': (control, { body }) => {
    control.restore(textIn(body, 'token') ?? '')
    return { restored: true }
  },
  'POST clone': (control, { body }) => {
    control.clone(recordsByTable(body))
    return { cloned: true }
  },
  'POST reset': (control) => {
    control.reset()
    return { reset: true }
  },
}

const trouble: Readonly<Record<string, ControlRoute>> = {
  'GET faults': (control) => ({ faults: control.faults() }),
  'POST faults': (control, { body }) => ({ id: control.setFault(optionsIn<Fault>(body)) }),
  'DELETE faults': (control, { rest }) => {
    control.clearFaults(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'POST hide': (control, { body }) => {
    control.hide(idsIn(body), textIn(body, 'user'))
    return { hidden: true }
  },
  'POST reveal': (control, { body }) => {
    control.reveal(body.sys_ids === undefined ? undefined : idsIn(body), textIn(body, 'user'))
    return { revealed: true }
  },
}

const limits: Readonly<Record<string, ControlRoute>> = {
  'POST query-acl': (control, { body }) => {
    control.queryAcl(optionsIn<QueryAcl>(body))
    return { set: true }
  },
  'POST table-acl': (control, { body }) => {
    control.tableAcl(optionsIn<TableAcl>(body))
    return { set: true }
  },
  'POST quota': (control, { body }) => {
    control.quota(optionsIn<Quota>(body))
    return { set: true }
  },
  'POST semaphore': (control, { body }) => {
    control.semaphore(optionsIn<Semaphore>(body))
    return { set: true }
  },
  'DELETE semaphore': (control) => {
    control.semaphore()
    return { set: false }
  },
  'POST session-lock': (control, { body }) => {
    control.sessionLock(optionsIn<SessionLock>(body))
    return { set: true }
  },
  'DELETE session-lock': (control) => {
    control.sessionLock()
    return { set: false }
  },
  'POST rate-rules': (control, { body }) => ({ id: control.rateRule(optionsIn<RateRule>(body)) }),
  'DELETE rate-rules': (control, { rest }) => {
    control.clearRateRules(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'DELETE quota': (control) => {
    control.quota()
    return { set: false }
  },
}

/** The whole log, or with `?after=` what came after that number, at most `?limit=` of it. */
function requests(control: Control, { search }: Asked): unknown {
  const after = Number(search.get('after') ?? 0)
  const limit = Number(search.get('limit') ?? Number.POSITIVE_INFINITY)
  return { requests: control.requestLog({ after, limit }) }
}

/** The newest rows of a table, or every field of one record. */
function browse(control: Control, { rest, search }: Asked): unknown {
  const [table = '', sysId] = rest.split('/')
  if (sysId !== undefined) return { fields: control.browseRecord(table, sysId) }
  return control.browse(table, {
    search: search.get('search') ?? '',
    limit: Number(search.get('limit') ?? 25),
  })
}

const books: Readonly<Record<string, ControlRoute>> = {
  'GET stats': (control) => control.stats(),
  'GET requests': requests,
  'GET overview': (control) => control.overview(),
  'GET browse': browse,
  'POST requests': (control, { body }) => {
    const keep = numberIn(body, 'keep', 0)
    control.keepRequests(keep)
    return { keep }
  },
  'GET history': (control, { rest }) => {
    const [table = '', sysId = ''] = rest.split('/')
    return { versions: control.history(table, sysId) }
  },
  'POST history': (control, { body }) => {
    const keep = numberIn(body, 'keep', 0)
    control.keepHistory(keep)
    return { keep }
  },
}

/** Every control by method and name. */
export const controlRoutes: Readonly<Record<string, ControlRoute>> = {
  ...data,
  ...time,
  ...trouble,
  ...limits,
  ...administrationRoutes,
  ...books,
}
