/** The judge can convict: each damage done to the books of a healthy server by hand is named by the invariant it breaks. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Checker } from './checker.ts'
import { change, follow, openWorld, seedOf, settle } from './world.ts'

const live = 'where to_version is null and stream = 1'
const some = `(select min(sys_id) from sl_rows ${live})`
const last = `(select id from app_runs where state = 'success' and added > 0 order by rowid desc limit 1)`

/** What is done to the database, and the invariant that must tell it. */
const crimes: readonly [name: string, sql: string, told: RegExp][] = [
  [
    'a second live row',
    `insert into sl_rows (stream, sys_id, from_version, u, mod, observed, generation, hash, body)
     select stream, sys_id, 999, u, mod, observed, generation, hash, body from sl_rows ${live} limit 1`,
    /^I1: 2 live rows/,
  ],
  ['a row lost', `delete from sl_rows where sys_id = ${some}`, /^I4: .* is lost/],
  [
    'a field changed',
    `update sl_rows set body = json_set(body, '$.short_description', 'x') ${live} and sys_id = ${some}`,
    /^I4: .*short_description/,
  ],
  [
    'a body that was not hashed',
    `update sl_rows set body = body || ' ' ${live} and sys_id = ${some}`,
    /^I2: the body/,
  ],
  [
    'a row back in time',
    `update sl_rows set u = '1999-01-01 00:00:00' where rowid = (select rowid from sl_rows r ${live}
     and exists (select 1 from sl_rows o where o.sys_id = r.sys_id and o.to_version = r.from_version) limit 1)`,
    /^I3: /,
  ],
  [
    'a hash rewritten',
    `update sl_versions set content_hash = replace(content_hash, 'a', 'b') where number = 1`,
    /^I13: the hash/,
  ],
  ['a version that is gone', 'delete from sl_versions where number = 1', /^I13: version 1:1 is gone/],
  [
    'a version that miscounts',
    'update sl_versions set added = added + 1 where number = 2',
    /^I6: version 1:2 differs/,
  ],
  [
    'an event that is gone',
    `delete from app_run_events where run_id = ${last} and first = 2`,
    /^I26: event 3 follows 1/,
  ],
  [
    'a second end',
    `insert into app_run_events select run_id, first + span, 1, 'complete', data from app_run_events
     where run_id = ${last} and kind = 'complete'`,
    /^I26: 2 terminal events/,
  ],
  [
    'no end',
    `delete from app_run_events where run_id = ${last} and kind = 'complete'`,
    /^I26: 0 terminal events/,
  ],
  ['a run that nobody ends', `update app_runs set state = 'running' where id = ${last}`, /^I25: /],
  [
    'a change row too many',
    `insert into sl_changes (stream, run, version, sys_id, kind)
     values (1, ${last}, 1, ${some}, 'added')`,
    /^I6: .* change rows/,
  ],
  [
    'two holders in turn',
    `update sl_changes set run = 'another' where seq = 5`,
    /^I16: another run wrote between/,
  ],
  [
    'a token from nowhere',
    `update sl_rows set observed = 99900000000 where sys_id = ${some}`,
    /^I16: rows of/,
  ],
  ['a token that went back', 'update sl_leases set token = 1', /^I16: the token went back/],
  ['a watermark that ran ahead', `update sl_states set watermark = '2099-01-01 00:00:00'`, /^I5: watermark/],
  [
    'a watermark that went back',
    `update sl_states set watermark = '1999-01-01 00:00:00'`,
    /^I5: the watermark went back/,
  ],
  [
    'a word changed in the audit log',
    `update app_audit set actor = 'nobody' where seq = 3`,
    /^I18: the audit log breaks at entry 3/,
  ],
]

test('each crime is told', { timeout: 120_000 }, async () => {
  const seed = seedOf('checker')
  const world = await openWorld({ incidents: 60 })
  try {
    const { server, instance, integration } = world
    expect((await follow(server, integration)).at(-1)?.type).toBe('complete')
    change(world, seed, 200)
    await settle(world, server, `SEED=${seed}`)
    await server.end('SIGTERM')
    for (const [name, sql, told] of crimes) {
      const scene = join(world.dataDir, 'scene.db')
      copyFileSync(world.file, scene)
      const judge = new Checker(scene, integration, instance)
      expect(judge.everything(), 'before the crime').toEqual([])
      const database = new Database(scene)
      // Triggers guard the audit log: who has the file takes them away first.
      for (const trigger of database
        .prepare(`select name from sqlite_master where type = 'trigger'`)
        .pluck()
        .all())
        database.exec(`drop trigger "${trigger}"`)
      database.pragma('ignore_check_constraints = on')
      database.exec(sql)
      database.close()
      expect(judge.everything(), name).toEqual(expect.arrayContaining([expect.stringMatching(told)]))
    }
  } finally {
    await world.close()
  }
})
