/** Record after record: in order whoever asks, and the pages end when nobody reads on. */
import { expect, test } from 'vitest'
import type { ListPage } from '../../src/client/list-plan.ts'
import { RecordIterator } from '../../src/client/record-iterator.ts'

const page = (records: number[]): ListPage<number> => ({
  records,
  total: null,
  cursor: null,
  next: async () => null,
})

/** Pages that come when they are let through, or break. */
function pagesOf(...pages: (number[] | Error)[]) {
  const seen = { asked: 0, left: false }
  async function* read(): AsyncGenerator<ListPage<number>, void, undefined> {
    try {
      for (const each of pages) {
        seen.asked += 1
        await Promise.resolve()
        if (each instanceof Error) throw each
        yield page(each)
      }
    } finally {
      seen.left = true
    }
  }
  return { records: new RecordIterator(read()), seen }
}

test('every record once, empty pages passed over, and the end stays the end', async () => {
  const { records, seen } = pagesOf([1, 2], [], [], [3])
  const read: number[] = []
  for await (const record of records) read.push(record)
  expect(read).toEqual([1, 2, 3])
  expect(await records.next()).toEqual({ done: true, value: undefined })
  expect(seen).toEqual({ asked: 4, left: true })
})

test('calls under way at once are answered in their order', async () => {
  const { records } = pagesOf([1], [2, 3], [4])
  const answers = await Promise.all(Array.from({ length: 6 }, () => records.next()))
  expect(answers.map(({ value }) => value)).toEqual([1, 2, 3, 4, undefined, undefined])
})

test('a page is asked for when it is needed, not before', async () => {
  const { records, seen } = pagesOf([1, 2], [3])
  await records.next()
  await records.next()
  expect(seen.asked).toBe(1)
})

test('leaving the loop ends the pages; nothing comes afterwards', async () => {
  const { records, seen } = pagesOf([1, 2], [3])
  for await (const record of records) if (record === 1) break
  expect(seen).toEqual({ asked: 1, left: true })
  expect(await records.next()).toEqual({ done: true, value: undefined })
})

test('a page that breaks is told to whoever asked for it, and ends the rest', async () => {
  const { records } = pagesOf([1], new Error('cut'), [2])
  const [first, second, third] = await Promise.allSettled([records.next(), records.next(), records.next()])
  expect(first).toMatchObject({ value: { value: 1 } })
  expect(second).toMatchObject({ status: 'rejected', reason: { message: 'cut' } })
  expect(third).toMatchObject({ value: { done: true } })
})
