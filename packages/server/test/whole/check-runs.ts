/** What the books of the runs must be: events, counts, change rows and the audit log, read from the database file with SQL of our own. */
import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'

interface RunRow {
  id: string
  state: string
  added: number
  updated: number
  deleted: number
}

interface EventRow {
  first: number
  span: number
  kind: 'progress' | 'commit' | 'complete' | 'error'
  data: string
}

const unfinished = new Set(['queued', 'running'])

/** I6 and I26, for every run: one terminal event and it is the last, ids and batches without a gap, counts that equal the change rows. */
export function checkRuns(database: Database.Database): string[] {
  const runs = database.prepare('select id, state, added, updated, deleted from app_runs').all() as RunRow[]
  const events = database.prepare(
    'select first, span, kind, data from app_run_events where run_id = ? order by first',
  )
  const changed = database.prepare('select kind, count(*) as n from sl_changes where run = ? group by kind')
  return runs.flatMap((run) => {
    const told = events.all(run.id) as EventRow[]
    const counts = new Map(
      (changed.all(run.id) as { kind: string; n: number }[]).map(({ kind, n }) => [kind, n]),
    )
    return [...checkEvents(run, told), ...checkBatches(run, told), ...checkCounts(run, told, counts)].map(
      (wrong) => `${wrong} (run ${run.id}, ${run.state})`,
    )
  })
}

/** I25: with no process at work, no run stays open. */
export function checkEnded(database: Database.Database): string[] {
  const open = database.prepare(`select id from app_runs where state in ('queued', 'running')`).all()
  return open.map((run) => `I25: nobody ends run ${(run as RunRow).id}`)
}

function checkEvents(run: RunRow, told: readonly EventRow[]): string[] {
  const wrong: string[] = []
  let next = 1
  for (const { first, span } of told) {
    if (first !== next) wrong.push(`I26: event ${first} follows ${next - 1}`)
    next = first + span
  }
  const terminal = told.filter(({ kind }) => kind === 'complete' || kind === 'error')
  const wanted = unfinished.has(run.state) ? 0 : 1
  if (terminal.length !== wanted) wrong.push(`I26: ${terminal.length} terminal events instead of ${wanted}`)
  if (wanted === 1 && told.at(-1) !== terminal.at(-1)) wrong.push('I26: the terminal event is not the last')
  if ((run.state === 'success') !== (terminal[0]?.kind === 'complete'))
    wrong.push('I26: state and last event differ')
  return wrong
}

function checkBatches(run: RunRow, told: readonly EventRow[]): string[] {
  const wrong: string[] = []
  const labels = new Set<string>()
  let next = 1
  let rows = 0
  for (const { kind, span, data } of told) {
    if (kind !== 'commit') continue
    const commit = JSON.parse(data) as { firstBatch: number; changes: [string, string][] }
    if (commit.firstBatch !== next) wrong.push(`I26: batch ${commit.firstBatch} follows ${next - 1}`)
    next = commit.firstBatch + span
    rows += commit.changes.length
    for (const [, label] of commit.changes) labels.add(label)
  }
  if (labels.size !== rows) wrong.push(`I26: ${rows - labels.size} incidents are in two batches`)
  if (rows !== run.added + run.updated)
    wrong.push(`I6: batches hold ${rows} rows, the run counts ${run.added + run.updated}`)
  return wrong
}

function checkCounts(run: RunRow, told: readonly EventRow[], changed: ReadonlyMap<string, number>): string[] {
  const wrong: string[] = []
  const last = told.at(-1)
  const stats =
    last?.kind === 'complete'
      ? (JSON.parse(last.data) as { stats: Record<string, number> }).stats
      : { added: run.added, updated: run.updated, deleted: run.deleted }
  for (const kind of ['added', 'updated', 'deleted'] as const) {
    const rows = changed.get(kind) ?? 0
    if (run[kind] !== rows) wrong.push(`I6: ${run[kind]} ${kind} in the run, ${rows} change rows`)
    if (stats[kind] !== rows) wrong.push(`I6: ${stats[kind]} ${kind} told, ${rows} change rows`)
  }
  return wrong
}

/**
 * I16 and I26: the change rows of one run stand together, so two holders never wrote in turn; no record is told twice in a run; and over all
 * runs a record came exactly once more than it went when it is there, and as often when it is not. (What an unfinished version held when a
 * rollback dropped it was never sealed and does not count.)
 */
export function checkChanges(database: Database.Database): string[] {
  const interleaved = database
    .prepare(
      `with spans as (select stream, run, min(seq) as a, max(seq) as b, count(*) as n from sl_changes group by stream, run)
       select s.run from spans s
       where s.n <> (select count(*) from sl_changes c where c.stream = s.stream and c.seq between s.a and s.b)`,
    )
    .all() as { run: string }[]
  const twice = database
    .prepare(`select run, sys_id from sl_changes group by stream, run, sys_id having count(*) > 1`)
    .all() as { run: string; sys_id: string }[]
  const unbalanced = database
    .prepare(
      `select c.sys_id, sum((kind = 'added') - (kind = 'deleted')) as came,
       exists (select 1 from sl_rows r where r.stream = c.stream and r.sys_id = c.sys_id and r.to_version is null) as here
       from sl_changes c join sl_states s on s.stream = c.stream
       where c.version = s.open or exists (select 1 from sl_versions v where v.stream = c.stream and v.number = c.version)
       group by c.stream, c.sys_id having came <> here`,
    )
    .all() as { sys_id: string; came: number }[]
  return [
    ...interleaved.map(({ run }) => `I16: another run wrote between the changes of ${run}`),
    ...twice.map(({ run, sys_id }) => `I26: run ${run} changed ${sys_id} twice`),
    ...unbalanced.map(({ sys_id, came }) => `I26: ${sys_id} came ${came} times more than it went`),
  ]
}

/** I16: no row was written under a token that the lease has not reached. */
export function checkTokens(database: Database.Database): string[] {
  const ahead = database
    .prepare(
      `select l.name from sl_leases l join sl_states s on s.integration = l.name
       where l.token < (select max(observed) / 100000000 from sl_rows r where r.stream = s.stream)`,
    )
    .all() as { name: string }[]
  return ahead.map(({ name }) => `I16: rows of ${name} carry a token that was never given`)
}

/** I18: the chain of the audit log recomputes from its beginning. */
export function checkAudit(database: Database.Database): string[] {
  let previous = '0'.repeat(64)
  for (const entry of database.prepare('select * from app_audit order by seq').iterate()) {
    const row = entry as Record<string, string | null>
    const text = JSON.stringify([
      row.previous_hash,
      row.at,
      row.actor,
      row.action,
      row.target,
      row.before_hash,
      row.after_hash,
      row.request_id,
    ])
    const hash = createHash('sha256').update(text).digest('hex')
    if (row.previous_hash !== previous || row.hash !== hash)
      return [`I18: the audit log breaks at entry ${row.seq}`]
    previous = hash
  }
  return []
}
