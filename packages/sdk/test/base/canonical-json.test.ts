/** The canonical text of a record, and digests that add up in any order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalWriter } from '../../src/base/canonical-json.ts'
import { DigestSum, sha256 } from '../../src/base/digest.ts'

const record = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }))

test('it is JSON with sorted keys, whatever the order and whatever came before', () => {
  const write = canonicalWriter()
  fc.assert(
    fc.property(record, (given) => {
      const sorted = Object.fromEntries(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)))
      const reversed = Object.fromEntries(Object.entries(given).reverse())
      expect(JSON.parse(write(given))).toEqual(given)
      expect(write(reversed)).toBe(write(sorted))
    }),
  )
})

test('a sum of digests does not know its order, and what is taken back is gone', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(sha256) as [string, string, string]
  const one = new DigestSum('0')
  for (const each of [a, b, c]) one.add(each)
  const other = new DigestSum('0')
  for (const each of [c, b, a, a]) other.add(each)
  other.subtract(a)
  expect(other.toHex()).toBe(one.toHex())
  other.subtract(a)
  other.subtract(b)
  other.subtract(c)
  expect(other.toHex()).toBe('0'.repeat(64))
})

test('a sum wraps at 2^256', () => {
  const sum = new DigestSum('f'.repeat(64))
  sum.add('1'.padStart(64, '0'))
  expect(sum.toHex()).toBe('0'.repeat(64))
})
