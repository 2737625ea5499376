import { expect, test } from 'vitest'
import { mergeVersions, nextNumber, toCause, usualPair } from '../../src/state/datasets.ts'
import { version, versions } from '../support/fake-admin.ts'

test.each([
  ['sync', { kind: 'sync' }],
  ['rollback:12', { kind: 'rollback', to: 12 }],
  ['rollback:', { kind: 'other', text: 'rollback:' }],
  ['import', { kind: 'other', text: 'import' }],
])('the cause %s', (text, cause) => {
  expect(toCause(text)).toEqual(cause)
})

test('the two newest are compared first; one alone is compared with nothing', () => {
  expect(usualPair(versions)).toEqual({ from: 3, to: 4 })
  expect(usualPair([version(1)])).toBeNull()
  expect(usualPair([])).toBeNull()
})

test('pages are joined newest first, and what comes twice is there once, as it was read last', () => {
  const joined = mergeVersions([version(4), version(3)], [version(3, { status: 'active' }), version(2)])
  expect(joined.map(({ number, status }) => [number, status])).toEqual([
    [4, 'inactive'],
    [3, 'active'],
    [2, 'inactive'],
  ])
})

test('a rollback makes the version after the highest, whichever is active', () => {
  expect(nextNumber(versions)).toBe(5)
  expect(nextNumber([])).toBe(1)
})
