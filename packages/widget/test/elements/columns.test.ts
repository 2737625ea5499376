import { expect, test } from 'vitest'
import { defaultColumns, fieldOf, toColumns, toLabel } from '../../src/elements/sn-incidents/columns.ts'
import { incident } from '../support/incidents.ts'
import { say } from '../support/say.ts'

test('the default columns are those of the default view', () => {
  expect(toColumns('', say).map((column) => column.key)).toEqual(defaultColumns.split(', '))
  expect(toColumns(defaultColumns, say).map((column) => column.label)).toEqual([
    'Number',
    'Short description',
    'State',
    'Priority',
    'Updated',
    'Assigned to',
  ])
})

test('the number comes first whatever is asked for, names of the instance are understood, doubles fall out', () => {
  const keys = toColumns('state, sys_updated_on, updated, caller_id, u_site_code', say).map(
    (column) => column.key,
  )
  expect(keys).toEqual(['number', 'state', 'updated_on', 'caller', 'u_site_code'])
})

test('a custom field gets a readable heading and its value', () => {
  const [, site] = toColumns('u_site', say)
  expect(site).toEqual({ key: 'u_site', label: 'Site', kind: 'text', sort: null })
  expect(fieldOf(incident(0), 'u_site')).toBe('Helsinki')
})

test('names of Object are no fields', () => {
  expect(fieldOf(incident(0), 'constructor')).toBeUndefined()
  expect(fieldOf(incident(0), '__proto__')).toBeUndefined()
  expect(toColumns('constructor', say)[1]).toMatchObject({ kind: 'text', label: 'Constructor' })
})

test('a name made of nothing but its prefix stays as it is', () => {
  expect(toLabel('u_')).toBe('u_')
})
