/** What each path under `/__sim/` does: one control method, its arguments out of a JSON body. */
import { administrationRoutes } from './administration-routes.ts'
import {
  type Asked,
  type Body,
  type ControlRoute,
  given,
  idsIn,
  numberFrom,
  numberIn,
  tableIn,
  taking,
  textIn,
} from './asked.ts'
import { movedBy } from './clock.ts'
import type { Control } from './control.ts'
import { instant } from './control-shapes.ts'
import { list, mapOf, number, type Shape, whole, words, yesNo } from './scenario/shape.ts'
import type { CloneSource } from './snapshot.ts'
import type { RawRecord } from './table-store.ts'

const ids = list(words)
/** What its control method looks at, with the names that the instance has. */
const anything: Shape = () => undefined
const rows = { table: words, sys_ids: ids }

function rawValue(value: unknown): unknown {
  if (value === null) return ''
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

/** Records come in raw form: numbers and truths become texts, and what is neither is told by the method. */
function rawRecords(records: unknown): RawRecord[] {
  const raw = (record: unknown): unknown =>
    typeof record === 'object' && record !== null && !Array.isArray(record)
      ? Object.fromEntries(Object.entries(record).map(([name, value]) => [name, rawValue(value)]))
      : record
  return given<RawRecord[]>(Array.isArray(records) ? records.map(raw) : records)
}

function recordsByTable({ records = {} }: Body): CloneSource {
  const byTable = Object.entries(given<Readonly<Record<string, unknown>>>(records))
  return Object.fromEntries(byTable.map(([table, list]) => [table, rawRecords(list)]))
}

/** Moves the clock once everything is known to be possible: half of what was asked would be worse than nothing. */
function moveClock({ clock }: Control, { body }: Asked): unknown {
  const to = textIn(body, 'set')
  const seconds = numberIn(body, 'advance', 0)
  movedBy(to === undefined ? clock.now().getTime() : Date.parse(to), seconds)
  if (body.freeze === true) clock.freeze()
  if (body.run === true) clock.run()
  if (to !== undefined) clock.set(to)
  if (seconds !== 0) clock.advance(seconds)
  return { now: clock.now().toISOString() }
}

function records(control: Control, { rest, search }: Asked): unknown {
  const user = search.get('user')
  const latest = search.get('latest') === 'true'
  return { records: control.records(rest, { latest, ...(user === null ? {} : { user }) }) }
}

const data: Readonly<Record<string, ControlRoute>> = {
  'POST load': taking(
    { table: words, records: anything },
    (control, { body }) => ({
      loaded: control.load(tableIn(body), rawRecords(body.records)),
    }),
    ['records'],
  ),
  'POST bulk': (control, { body }) => ({ added: control.bulk(given(body)) }),
  'POST play': taking(
    { lines: anything },
    (control, { body }) => ({ played: control.play(given(body.lines)) }),
    ['lines'],
  ),
  'POST mutate': (control, { body }) => ({
    mutations: control.mutate(given({ seed: 1, count: 1, ...body })),
  }),
  'GET records': records,
  'POST remove': taking(
    { ...rows, audited: yesNo },
    (control, { body }) => ({
      removed: control.remove(tableIn(body), idsIn(body), { audited: body.audited !== false }),
    }),
    ['sys_ids'],
  ),
  'POST undelete': taking(
    rows,
    (control, { body }) => ({
      undeleted: control.undelete(tableIn(body), idsIn(body)),
    }),
    ['sys_ids'],
  ),
  'POST archive': taking(
    rows,
    (control, { body }) => ({
      archived: control.archive(tableIn(body), idsIn(body)),
    }),
    ['sys_ids'],
  ),
}

const time: Readonly<Record<string, ControlRoute>> = {
  'GET clock': (control) => ({ now: control.clock.now().toISOString() }),
  'POST clock': taking({ set: instant, advance: number(-1e12), freeze: yesNo, run: yesNo }, moveClock),
  'GET late-commits': (control) => ({ pending: control.pending() }),
  'POST late-commits': (control, { body }) => {
    control.lateCommits(given(body))
    return { late: true }
  },
  'DELETE late-commits': (control) => {
    control.lateCommits()
    return { late: false }
  },
  'POST work': (control, { body }) => {
    control.work(given(body))
    return { work: true }
  },
  'DELETE work': (control) => {
    control.work()
    return { work: false }
  },
  'POST snapshot': taking({}, (control) => ({ token: control.snapshot() })),
  'POST restore': taking(
    { token: words },
    (control, { body }) => {
      control.restore(textIn(body, 'token') ?? '')
      return { restored: true }
    },
    ['token'],
  ),
  'POST clone': taking(
    { records: mapOf(anything) },
    (control, { body }) => {
      control.clone(recordsByTable(body))
      return { cloned: true }
    },
    ['records'],
  ),
  'POST reset': taking({}, (control) => {
    control.reset()
    return { reset: true }
  }),
}

const trouble: Readonly<Record<string, ControlRoute>> = {
  'GET faults': (control) => ({ faults: control.faults() }),
  'POST faults': (control, { body }) => ({ id: control.setFault(given(body)) }),
  'DELETE faults': (control, { rest }) => {
    control.clearFaults(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'POST hide': taking(
    { sys_ids: ids, user: words },
    (control, { body }) => {
      control.hide(idsIn(body), textIn(body, 'user'))
      return { hidden: true }
    },
    ['sys_ids'],
  ),
  'POST reveal': taking({ sys_ids: ids, user: words }, (control, { body }) => {
    control.reveal(body.sys_ids === undefined ? undefined : idsIn(body), textIn(body, 'user'))
    return { revealed: true }
  }),
}

const limits: Readonly<Record<string, ControlRoute>> = {
  'POST query-acl': (control, { body }) => {
    control.queryAcl(given(body))
    return { set: true }
  },
  'POST table-acl': (control, { body }) => {
    control.tableAcl(given(body))
    return { set: true }
  },
  'POST quota': (control, { body }) => {
    control.quota(given(body))
    return { set: true }
  },
  'POST semaphore': (control, { body }) => {
    control.semaphore(given(body))
    return { set: true }
  },
  'DELETE semaphore': (control) => {
    control.semaphore()
    return { set: false }
  },
  'POST session-lock': (control, { body }) => {
    control.sessionLock(given(body))
    return { set: true }
  },
  'DELETE session-lock': (control) => {
    control.sessionLock()
    return { set: false }
  },
  'POST rate-rules': (control, { body }) => ({ id: control.rateRule(given(body)) }),
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
  const after = numberFrom(search, 'after', 0)
  const limit = numberFrom(search, 'limit', Number.POSITIVE_INFINITY)
  return { requests: control.requestLog({ after, limit }) }
}

/** The newest rows of a table, or every field of one record and its journals. */
function browse(control: Control, { rest, search }: Asked): unknown {
  const [table = '', sysId] = rest.split('/')
  if (sysId !== undefined)
    return { fields: control.browseRecord(table, sysId), journal: control.browseJournal(table, sysId) }
  return control.browse(table, {
    search: search.get('search') ?? '',
    limit: numberFrom(search, 'limit', 25),
  })
}

const books: Readonly<Record<string, ControlRoute>> = {
  'GET stats': (control) => control.stats(),
  'GET requests': requests,
  'GET overview': (control) => control.overview(),
  'GET browse': browse,
  'POST requests': taking(
    { keep: whole(0) },
    (control, { body }) => {
      const keep = numberIn(body, 'keep', 0)
      control.keepRequests(keep)
      return { keep }
    },
    ['keep'],
  ),
  'GET history': (control, { rest }) => {
    const [table = '', sysId = ''] = rest.split('/')
    return { versions: control.history(table, sysId) }
  },
  'POST history': taking(
    { keep: whole(0) },
    (control, { body }) => {
      const keep = numberIn(body, 'keep', 0)
      control.keepHistory(keep)
      return { keep }
    },
    ['keep'],
  ),
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
