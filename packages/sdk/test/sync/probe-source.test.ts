/** What the probe says of instances that hide rows, count after their rights, or refuse order. */
import { expect, test } from 'vitest'
import { PermissionError, UnexpectedResponseError } from '../../src/base/errors.ts'
import type { PageRequest, SourcePage } from '../../src/ports/source.ts'
import { probeSource } from '../../src/sync/probe-source.ts'
import { idOf, SmallInstance } from './small-instance.ts'

function instanceOf(rows: number, hidden: readonly number[] = []): SmallInstance {
  const instance = new SmallInstance()
  for (let n = 1; n <= rows; n += 1) instance.put(n, Math.floor(n / 3))
  for (const n of hidden) instance.hidden.add(idOf(n))
  return instance
}

/** Counts only what the user may see. */
class CountsAfterRights extends SmallInstance {
  override async page(request: PageRequest): Promise<SourcePage> {
    const page = await super.page(request)
    const all = await super.page({ ...request, limit: 10_000 })
    return { ...page, total: all.records.length, link: 'absent' }
  }
}

test('nothing hidden: whole, in four requests', async () => {
  const instance = instanceOf(200)
  expect(await probeSource(instance)).toBe('whole')
  expect(instance.asked).toHaveLength(4)
})

test('an instance that does not count is not called whole', async () => {
  const instance = instanceOf(200)
  const page = instance.page.bind(instance)
  instance.page = async (request) => ({ ...(await page(request)), total: null })
  expect(await probeSource(instance)).toBe('counted_after_rights')
})

test('old rows that are hidden show in a sample by id', async () => {
  const instance = new SmallInstance()
  // Ids know nothing of age.
  for (let n = 1; n <= 200; n += 1) instance.put((n * 77) % 201, n)
  for (let n = 1; n <= 150; n += 1) instance.hidden.add(idOf((n * 77) % 201))
  expect(await probeSource(instance)).toBe('partial')
})

test('a range of ids that is not obeyed: refused', async () => {
  const instance = instanceOf(200)
  const page = instance.page.bind(instance)
  instance.page = async (request) => {
    const { after, ...slice } = request.slice
    const answer = await page({ ...request, slice })
    if (after === undefined || answer.records.every((row) => row.sys_id > after)) return answer
    throw new UnexpectedResponseError('outside the slice', 'shape', { method: 'GET', url: '' })
  }
  expect(await probeSource(instance)).toBe('refused')
})

test('an empty table is whole, one that counts rows and shows none is partial', async () => {
  expect(await probeSource(instanceOf(0))).toBe('whole')
  expect(await probeSource(instanceOf(60, [...Array(61).keys()]))).toBe('partial')
})

test('hidden rows that are counted: partial', async () => {
  expect(await probeSource(instanceOf(200, [180, 190]))).toBe('partial')
})

test('hidden rows that are not counted: the completeness of a page cannot be told', async () => {
  const instance = new CountsAfterRights()
  for (let n = 1; n <= 200; n += 1) instance.put(n, n)
  expect(await probeSource(instance)).toBe('whole')
  for (const n of [160, 170, 180]) instance.hidden.add(idOf(n))
  expect(await probeSource(instance)).toBe('counted_after_rights')
})

test.each([
  ['rows out of order', new UnexpectedResponseError('not in order', 'shape', { method: 'GET', url: '' })],
  ['a 403', new PermissionError('no', { method: 'GET', url: '', status: 403 })],
])('%s: refused', async (_name, error) => {
  const instance = instanceOf(10)
  instance.before = () => {
    throw error
  }
  expect(await probeSource(instance)).toBe('refused')
})
