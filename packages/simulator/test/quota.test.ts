/** The transaction quota as behaviour: dear pages fail, smaller ones pass (servicenow.md 1.5, 4). */
import { expect, test } from 'vitest'
import { createInstance, type Quota } from '../src/index.ts'
import { ask, INCIDENT } from './door.ts'

const CANCELLED = 'Transaction cancelled: maximum execution time exceeded'

function slow(answer?: Quota['answer']) {
  const instance = createInstance({ incidents: 100 })
  instance.control.quota({ seconds: 60, msPerRow: 2400, ...(answer === undefined ? {} : { answer }) })
  return instance
}

const page = (instance: ReturnType<typeof slow>, limit: number) =>
  ask(instance, 'GET', `${INCIDENT}?sysparm_query=ORDERBYsys_id&sysparm_limit=${limit}`)

test('a list over its quota is 200 with the rows so far, an error and status failure; half the page passes', async () => {
  const instance = slow()
  const answer = await page(instance, 50)
  expect(answer.status).toBe(200)
  expect(answer.json()).toMatchObject({
    error: { message: CANCELLED, detail: expect.stringContaining('glide.rest.debug') },
    status: 'failure',
  })
  expect(answer.rows()).toHaveLength(25)
  expect(answer.headers.get('x-total-count')).toBe('100')
  const half = await page(instance, 25)
  expect([half.rows().length, 'error' in half.json()]).toEqual([25, false])
})

test('rows count before access rules drop them (3.2)', async () => {
  const instance = slow()
  instance.control.hide(instance.control.records('incident').map((row) => row.sys_id ?? ''))
  expect((await page(instance, 26)).json()).toMatchObject({ result: [], status: 'failure' })
  expect((await page(instance, 25)).json()).toEqual({ result: [] })
})

test('the JSON may break off at 200', async () => {
  const answer = await page(slow('cut'), 50)
  expect(answer.status).toBe(200)
  expect(answer.text.length).toBeGreaterThan(10_000)
  expect(() => answer.json()).toThrow(SyntaxError)
})

test('a transaction cancelled while it waited is 500 (KB1297438)', async () => {
  const answer = await page(slow('queued'), 50)
  expect([answer.status, answer.json().error]).toMatchObject([500, { message: CANCELLED }])
  expect((await page(slow('queued'), 25)).status).toBe(200)
})

test('it may be for one table, is no affair of single records, and is switched off and on by the door too', async () => {
  const instance = createInstance({ incidents: 5 })
  const sim = (method: string, body?: unknown) => ask(instance, method, '/__sim/quota', body)
  const failed = async (path: string) => (await ask(instance, 'GET', path)).text.includes('failure')
  expect((await sim('POST', { seconds: 1, msPerRow: 1000, table: 'incident' })).json()).toEqual({ set: true })
  expect([await failed(INCIDENT), await failed('/api/now/table/sys_user')]).toEqual([true, false])
  const id = instance.control.records('incident')[0]?.sys_id
  expect(await failed(`${INCIDENT}/${id}`)).toBe(false)
  expect((await sim('DELETE')).json()).toEqual({ set: false })
  expect(await failed(INCIDENT)).toBe(false)
  expect(() => instance.control.quota({ seconds: -1, msPerRow: 1 })).toThrow(RangeError)
})
