/** A process that slept past its lease: what it takes for its living run was ended by another, and the next press on it goes on. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readEvents, TestServer } from '../kit.ts'

let sleeper: TestServer
let other: TestServer
let id: string
/** While it is shut, the first server's requests wait for an abort. */
let asleep: boolean
let waiting: PromiseWithResolvers<void>

/** Longer than a lease. */
const AWAY_S = 61

beforeEach(async () => {
  asleep = false
  waiting = Promise.withResolvers()
  sleeper = await TestServer.open({
    incidents: 12,
    async wire(request, pass) {
      if (!asleep) return pass(request)
      waiting.resolve()
      return new Promise((_resolve, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)),
      )
    },
  })
  other = await TestServer.open({ dataDir: sleeper.dataDir, instance: sleeper.instance })
  id = await sleeper.createServiceNow()
})

afterEach(async () => {
  await other.app.stop()
  await sleeper.close()
})

test('a run that another process has ended keeps nobody from the next one', async () => {
  asleep = true
  const response = await sleeper.fetch('POST', `/api/integrations/${id}/sync`)
  const lost = response.headers.get('location')?.replace('/api/runs/', '') ?? ''
  await waiting.promise
  other.clock.advance(AWAY_S)
  expect((await other.sync(id)).at(-1)?.type).toBe('complete')
  expect((await other.get(`/api/runs/${lost}`)).body.run).toMatchObject({ state: 'interrupted' })
  sleeper.clock.advance(AWAY_S)
  asleep = false
  const [first, ...rest] = await Promise.all(
    Array.from({ length: 5 }, () => sleeper.fetch('POST', `/api/integrations/${id}/sync`)),
  )
  if (first === undefined) throw new Error('no answer')
  const answers = [first, ...rest]
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
  for (const answer of answers.filter(({ status }) => status === 409)) {
    expect(await answer.json()).not.toMatchObject({ runId: lost })
  }
  const begun = answers.find(({ status }) => status === 200)
  if (begun === undefined) throw new Error('none began')
  expect((await readEvents(begun)).at(-1)?.type).toBe('complete')
  expect((await readEvents(response)).at(-1)).toMatchObject({ data: { code: 'run_interrupted' } })
  expect((await sleeper.get(`/api/runs/${lost}`)).body.run).toMatchObject({ state: 'interrupted' })
})

test('a run that goes on is left alone', async () => {
  asleep = true
  const response = await sleeper.fetch('POST', `/api/integrations/${id}/sync`)
  const runId = response.headers.get('location')?.replace('/api/runs/', '') ?? ''
  await waiting.promise
  const second = await sleeper.post(`/api/integrations/${id}/sync`)
  expect([second.status, second.body.code, second.body.runId]).toEqual([409, 'sync_running', runId])
  await sleeper.call('DELETE', `/api/runs/${runId}`)
  await readEvents(response)
})
