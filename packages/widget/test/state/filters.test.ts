import { expect, test } from 'vitest'
import {
  clearFilters,
  encodeFilters,
  encodeSort,
  type Filters,
  isFiltered,
  nextSort,
  noFilters,
  parseFilters,
  parseSort,
  sortKeys,
  toggleChoice,
  toQuery,
} from '../../src/state/filters.ts'
import { readHash, writeHash } from '../../src/state/hash.ts'

const full: Filters = {
  q: 'vpn & co',
  states: ['1', '2'],
  priorities: ['1'],
  sort: { key: 'priority', descending: false },
}

test('the default view is the newest update first and nothing else', () => {
  expect(toQuery(noFilters, 25, null).toString()).toBe('limit=25&sort=-updated_on')
  expect(encodeFilters(noFilters)).toBe('')
  expect(isFiltered(noFilters)).toBe(false)
})

test('every filter reaches the query', () => {
  expect(Object.fromEntries(toQuery(full, 50, 'c1'))).toEqual({
    limit: '50',
    sort: 'priority',
    state: '1,2',
    priority: '1',
    q: 'vpn & co',
    cursor: 'c1',
  })
})

test('filters written to text are read back the same', () => {
  expect(parseFilters(encodeFilters(full))).toEqual(full)
  expect(parseFilters(encodeFilters(noFilters))).toEqual(noFilters)
})

test.each([
  ['', noFilters],
  ['sort=drop_table&state=;;,%5E,1%5EOR', noFilters],
  ['state=2,1,2', { ...noFilters, states: ['1', '2'] }],
  ['sort=-priority', { ...noFilters, sort: { key: 'priority', descending: true } }],
])('the strange text %j is read as harmless filters', (text, filters) => {
  expect(parseFilters(text)).toEqual(filters)
})

test('a choice goes in and out, in one order', () => {
  const both = toggleChoice(toggleChoice(noFilters, 'states', '6'), 'states', '1')
  expect(both.states).toEqual(['1', '6'])
  expect(toggleChoice(both, 'states', '6').states).toEqual(['1'])
})

test('clear forgets what hides rows and keeps the order', () => {
  expect(clearFilters(full)).toEqual({ ...noFilters, sort: full.sort })
})

test('each sort key survives both directions', () => {
  for (const key of sortKeys) {
    for (const descending of [true, false]) {
      expect(parseSort(encodeSort({ key, descending }))).toEqual({ key, descending })
    }
  }
  expect(parseSort('sys_id')).toBeNull()
})

test('a second press turns the order round; a new column starts as people want it', () => {
  expect(nextSort({ key: 'state', descending: false }, 'state')).toEqual({ key: 'state', descending: true })
  expect(nextSort({ key: 'state', descending: true }, 'priority')).toEqual({
    key: 'priority',
    descending: false,
  })
  expect(nextSort({ key: 'state', descending: true }, 'updated_on').descending).toBe(true)
})

test('our part of the hash leaves the others alone', () => {
  const hash = writeHash('#tab=2', 'sn', 'q=vpn&state=1')
  expect(readHash(hash, 'sn')).toBe('q=vpn&state=1')
  expect(readHash(hash, 'tab')).toBe('2')
  expect(writeHash(hash, 'sn', '')).toBe('#tab=2')
  expect(writeHash('#sn=x', 'sn', '')).toBe('')
})
