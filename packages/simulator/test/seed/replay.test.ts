/** Determinism: two instances of one seed answer the same list of requests with the same bytes, headers included. */
import { expect, test } from 'vitest'
import { createInstance, type Instance } from '../../src/index.ts'
import { fromScenario, presetNames } from '../../src/scenario.ts'
import { AUTH, INCIDENT, ORIGIN } from '../door.ts'

const SEED = Number(process.env.SEED ?? 20_261_122)

/** A day of a client: lists of all shapes, single records, writes, wrong requests, and the clock going on. */
async function day(sn: Instance): Promise<string> {
  const told: string[] = []
  const json = { ...AUTH, 'content-type': 'application/json' }
  const send = async (method: string, path: string, body?: object): Promise<void> => {
    const init = { method, headers: body ? json : AUTH, ...(body ? { body: JSON.stringify(body) } : {}) }
    const answer = await sn
      .fetch(`${ORIGIN}${path}`, { ...init, signal: AbortSignal.timeout(2_000) })
      .catch((error: Error) => `${error.name}: ${error.message}`)
    if (typeof answer === 'string') {
      told.push(answer)
      return
    }
    const text = await answer.text().catch((error: Error) => `broke: ${error.message}`)
    told.push(JSON.stringify([answer.status, [...answer.headers], text]))
  }
  sn.control.mutate({ seed: SEED, count: 20 })
  const ids = sn.control
    .records('incident')
    .map((row) => row.sys_id)
    .sort()
  for (const display of ['false', 'true', 'all'])
    await send('GET', `${INCIDENT}?sysparm_limit=30&sysparm_display_value=${display}`)
  await send('GET', `${INCIDENT}?sysparm_limit=10&sysparm_offset=20&sysparm_query=ORDERBYDESCsys_updated_on`)
  await send('GET', `/api/now/table/sys_user?sysparm_limit=5`)
  for (const id of ids.slice(0, 5)) {
    await send('GET', `${INCIDENT}/${id}`)
    await send('PATCH', `${INCIDENT}/${id}`, { work_notes: 'seen', impact: '1' })
    sn.control.clock.advance(7)
  }
  for (let at = 0; at < 20; at++) await send('POST', INCIDENT, { short_description: `new ${at}` })
  await send('DELETE', `${INCIDENT}/${ids[9]}`)
  await send('GET', '/api/now/table/nothing')
  await send('GET', `${INCIDENT}?sysparm_limit=0`)
  await send('GET', `${INCIDENT}?sysparm_query=sys_created_on>2026-11-01&sysparm_limit=200`)
  return told.join('\n')
}

const options = (name: (typeof presetNames)[number], seed: number) => ({
  ...fromScenario({ preset: name, clock: {}, seed, incidents: 80 }),
  sleep: async () => undefined,
})

test.each(presetNames)(
  `%s: one seed, the same bytes; another seed, others (seed ${SEED})`,
  async (name) => {
    const first = await day(createInstance(options(name, SEED)))
    expect((await day(createInstance(options(name, SEED)))) === first).toBe(true)
    if (name !== 'asleep') expect((await day(createInstance(options(name, SEED + 1)))) === first).toBe(false)
  },
  60_000,
)

test('a reset begins the same day again', async () => {
  const sn = createInstance(options('healthy', SEED))
  const first = await day(sn)
  sn.control.reset()
  expect((await day(sn)) === first).toBe(true)
})
