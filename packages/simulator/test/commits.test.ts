/** Late commits as a mode: stamped now, seen later, in order, the same for a seed (servicenow.md 3.7; sync.md 0 and 1). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../src/index.ts'
import { mixSeed } from '../src/random.ts'
import { ask, INCIDENT, listPath } from './door.ts'

const SEED = 20_261_122
const ALWAYS = { seed: 1, share: 1, maxSeconds: 20 }

const seenBy = async (instance: Instance, id: string | undefined) =>
  (await ask(instance, 'GET', `${listPath(`sys_id=${id}`)}&sysparm_exclude_reference_link=true`)).rows()[0]

test('a late update answers with its own version; queries see the row before until its time, then the new one', async () => {
  const instance = createInstance()
  const { control } = instance
  const { sys_id } = (await ask(instance, 'POST', INCIDENT, { short_description: 'one' })).row()
  control.lateCommits(ALWAYS)
  control.clock.advance(5)
  const answer = (
    await ask(instance, 'PATCH', `${INCIDENT}/${sys_id}`, { short_description: 'two', work_notes: 'n' })
  ).row()
  expect(answer).toMatchObject({
    short_description: 'two',
    sys_mod_count: '1',
    sys_updated_on: '2026-11-02 09:00:05',
  })
  expect(await seenBy(instance, sys_id)).toMatchObject({ short_description: 'one', sys_mod_count: '0' })
  expect((await ask(instance, 'GET', `${INCIDENT}/${sys_id}`)).row().short_description).toBe('one')
  expect(control.records('sys_journal_field')).toEqual([])
  const [pending] = control.pending()
  expect(pending).toMatchObject({
    table: 'incident',
    sys_id,
    op: 'update',
    committedAt: '2026-11-02T09:00:05.000Z',
  })
  expect(Date.parse(pending?.visibleAt ?? '')).toBeLessThanOrEqual(Date.UTC(2026, 10, 2, 9, 0, 25))
  control.clock.set(new Date(Date.parse(pending?.visibleAt ?? '') - 1).toISOString())
  expect((await seenBy(instance, sys_id))?.short_description).toBe('one')
  control.clock.set(pending?.visibleAt ?? '')
  expect(await seenBy(instance, sys_id)).toMatchObject({
    short_description: 'two',
    sys_updated_on: '2026-11-02 09:00:05',
  })
  expect(control.records('sys_journal_field')).toHaveLength(1)
  expect(control.pending()).toEqual([])
})

test('a late insert is not there yet, neither by id nor in a list nor in the count; a late delete still is', async () => {
  const instance = createInstance({ incidents: 3 })
  const { control } = instance
  control.lateCommits(ALWAYS)
  const { sys_id } = (await ask(instance, 'POST', INCIDENT, { correlation_id: 'k' })).row()
  const victim = control.records('incident')[0]?.sys_id
  expect((await ask(instance, 'DELETE', `${INCIDENT}/${victim}`)).status).toBe(204)
  const list = await ask(instance, 'GET', INCIDENT)
  expect([list.rows().length, list.headers.get('x-total-count')]).toEqual([3, '3'])
  expect((await ask(instance, 'GET', `${INCIDENT}/${sys_id}`)).status).toBe(404)
  expect((await ask(instance, 'GET', `${INCIDENT}/${victim}`)).status).toBe(200)
  expect(control.records('sys_audit_delete')).toEqual([])
  const newest = control.records('incident', { latest: true }).map((row) => row.sys_id)
  expect([newest.length, newest.includes(sys_id), newest.includes(victim)]).toEqual([3, true, false])
  control.clock.advance(20)
  expect((await ask(instance, 'GET', `${INCIDENT}/${sys_id}`)).status).toBe(200)
  expect((await ask(instance, 'GET', `${INCIDENT}/${victim}`)).status).toBe(404)
  expect(control.records('sys_audit_delete')).toMatchObject([
    { documentkey: victim, sys_created_on: '2026-11-02 09:00:00' },
  ])
})

test('a doubled create counts at once, also while one of the two is not seen yet', async () => {
  const instance = createInstance()
  instance.control.lateCommits(ALWAYS)
  for (const _ of [1, 2]) await ask(instance, 'POST', INCIDENT, { correlation_id: 'k' })
  expect(instance.control.stats().duplicates.correlation).toMatchObject([{ correlation_id: 'k' }])
})

test('two writes to one record keep their order, and the second builds on the first', async () => {
  const instance = createInstance()
  const { control } = instance
  const { sys_id } = (await ask(instance, 'POST', INCIDENT, { short_description: 'one' })).row()
  control.lateCommits(ALWAYS)
  await ask(instance, 'PATCH', `${INCIDENT}/${sys_id}`, { short_description: 'two' })
  control.lateCommits()
  control.clock.advance(1)
  const second = (await ask(instance, 'PATCH', `${INCIDENT}/${sys_id}`, { impact: '1' })).row()
  expect(second).toMatchObject({ short_description: 'two', impact: '1', sys_mod_count: '2' })
  expect(await seenBy(instance, sys_id)).toMatchObject({ short_description: 'one', sys_mod_count: '0' })
  const due = control.pending().map(({ visibleAt }) => visibleAt)
  expect(new Set(due).size).toBe(1)
  control.clock.set(due[0] ?? '')
  expect(await seenBy(instance, sys_id)).toMatchObject({ short_description: 'two', sys_mod_count: '2' })
})

test('only the writers that were named are late; play is one of them', () => {
  const { control } = createInstance({ incidents: 2 })
  control.lateCommits({ ...ALWAYS, writes: ['play'] })
  control.mutate({ seed: 1, count: 3 })
  expect(control.pending()).toEqual([])
  control.play([{ at: '2026-11-02T09:01:00Z', op: 'insert', sys_id: 'f'.repeat(32), set: { state: '2' } }])
  expect(control.pending()).toMatchObject([{ op: 'insert', sys_id: 'f'.repeat(32) }])
})

test('load settles what waits for its record first', () => {
  const { control } = createInstance({ incidents: 1 })
  control.lateCommits(ALWAYS)
  const sys_id = control.records('incident')[0]?.sys_id ?? ''
  control.play([])
  control.mutate({ seed: 3, count: 8 })
  control.load('incident', [{ sys_id, short_description: 'loaded' }])
  control.clock.advance(60)
  const row = control.records('incident').find((each) => each.sys_id === sys_id)
  expect(row?.short_description).toBe('loaded')
})

test.each([
  { seed: 1, share: 1.5, maxSeconds: 1 },
  { seed: 1, share: 0.5, maxSeconds: -1 },
])('a mode that cannot be is refused: %o', (mode) => {
  expect(() => createInstance().control.lateCommits(mode)).toThrow(RangeError)
})

/** One act of somebody, drawn by seed: work, deletes of all kinds, returns, restores and clones of single moments. */
function act(instance: Instance, seed: number, tokens: string[], gone: string[]): void {
  const { control } = instance
  const draw = mixSeed(seed, 'act') % 20
  const ids = control.records('incident').map((row) => row.sys_id ?? '')
  const id = ids[mixSeed(seed, 'id') % Math.max(1, ids.length)] ?? ''
  if (draw < 12) control.mutate({ seed, count: 2 })
  else if (draw < 15) {
    control.remove('incident', [id], { audited: draw < 14 })
    gone.push(id)
  } else if (draw === 15) {
    control.archive('incident', [id])
    gone.push(id)
  } else if (draw < 18) control.undelete('incident', gone.splice(0, 1))
  else if (draw === 18) tokens.push(control.snapshot())
  else control.restore(tokens.at(-1) ?? control.snapshot())
}

/** What a list answers at each second while all that goes on. */
async function world(seed: number, share: number) {
  const instance = createInstance({ seed, incidents: 12 })
  instance.control.lateCommits({ seed, share, maxSeconds: 20 })
  const tokens: string[] = []
  const gone: string[] = []
  const views: string[] = []
  for (let second = 0; second < 60; second++) {
    instance.control.clock.advance(1)
    if (second < 40) act(instance, seed * 100 + second, tokens, gone)
    const query = `${listPath('ORDERBYsys_updated_on^ORDERBYsys_id')}&sysparm_exclude_reference_link=true`
    views.push((await ask(instance, 'GET', query)).text)
  }
  return { control: instance.control, views }
}

test(`a list is at every moment what the history says, whatever goes and comes back (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), async (seed, share) => {
      const { control, views } = await world(seed, share)
      expect((await world(seed, share)).views).toEqual(views)
      const seen = views.map((view) => (JSON.parse(view) as { result: Record<string, string>[] }).result)
      const ids = new Set(seen.flatMap((rows) => rows.map((row) => row.sys_id ?? '')))
      for (const id of ids) {
        const versions = control.history('incident', id).filter(({ visibleAt }) => visibleAt !== null)
        for (const [at, { visibleAt, committedAt }] of versions.entries()) {
          expect(Date.parse(visibleAt ?? '') - Date.parse(committedAt)).toBeLessThanOrEqual(20_000)
          expect((versions[at - 1]?.visibleAt ?? '') <= (visibleAt ?? '')).toBe(true)
        }
        for (const [second, rows] of seen.entries()) {
          const now = new Date(Date.UTC(2026, 10, 2, 9, 0, second + 1)).toISOString()
          const wanted = versions.filter((each) => (each.visibleAt ?? '') <= now).at(-1)?.value
          expect(rows.find((row) => row.sys_id === id)).toEqual(wanted ?? undefined)
        }
      }
      for (const rows of seen) {
        const keys = rows.map((row) => `${row.sys_updated_on} ${row.sys_id}`)
        expect(keys).toEqual([...keys].sort())
        expect(new Set(rows.map((row) => row.sys_id)).size).toBe(rows.length)
      }
      expect(control.pending()).toEqual([])
      expect(control.records('incident')).toEqual(control.records('incident', { latest: true }))
    }),
    { seed: SEED, numRuns: 12 },
  )
})
