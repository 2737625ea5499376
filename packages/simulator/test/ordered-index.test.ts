/** The sorted index against a plain sorted list, over random additions, removals and questions. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createOrderedIndex } from '../src/ordered-index.ts'

const SEED = 20_261_122

test(`agrees with a sorted list (seed ${SEED})`, () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2000 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1500, size: 'max' }), (steps) => {
      const index = createOrderedIndex<number>()
      const model = new Set<number>()
      for (const [action, value] of steps) {
        const key = String(value).padStart(5, '0')
        if (action < 3 && !model.has(value)) {
          index.add(key, value)
          model.add(value)
        } else if (action === 3 && model.delete(value)) index.remove(key, value)
      }
      const sorted = [...model].sort((a, b) => a - b)
      const at = Math.floor(sorted.length / 3)
      return (
        index.size === sorted.length &&
        index.slice(at, at + 7).join() === sorted.slice(at, at + 7).join() &&
        index.slice(0, index.size).join() === sorted.join() &&
        index.rank('00500') === sorted.filter((value) => value < 500).length
      )
    }),
    { seed: SEED, numRuns: 60 },
  )
})

test('a bulk load beyond many chunks keeps its order, ranks and counts', () => {
  const index = createOrderedIndex<number>()
  for (let at = 0; at < 5000; at++) index.add(String((at * 7919) % 5000).padStart(5, '0'), (at * 7919) % 5000)
  expect(index.slice(0, 5000)).toEqual(Array.from({ length: 5000 }, (_, at) => at))
  expect(index.rank('01234')).toBe(1234)
  expect(index.rank('99999')).toBe(5000)
})

test('removing what is not there says so', () => {
  expect(() => createOrderedIndex<number>().remove('a', 1)).toThrow('does not hold a')
})
