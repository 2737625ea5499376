/** The evaluator: every operator on raw values, precedence, date helpers with a clock, and the order of rows. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import { compareRecords, matches } from '../../src/query/evaluate.ts'
import { evaluateHelper } from '../../src/query/helper-clock.ts'
import { parseQuery } from '../../src/query/parse.ts'

// Wednesday.
const nowMs = Date.UTC(2026, 10, 18, 15, 30, 20)
const record = {
  number: 'INC0010007',
  short_description: 'Printer on fire',
  state: '2',
  priority: '10',
  active: 'true',
  assigned_to: '',
  opened_by: 'u1',
  caller_id: 'u1',
  sys_created_on: '2026-11-18 10:00:00',
  sys_updated_on: '2026-11-18 15:00:00',
  reference: { value: 'r1', link: 'https://a/b' },
}
const yes = (text: string) => matches(parseQuery(text).where, record, { nowMs })

test.each([
  'state=2',
  'state=2.0',
  'number=inc0010007',
  'state!=3',
  'assigned_to!=x',
  'priority>9',
  'priority<11',
  'priority<=10',
  'state>=2',
  'sys_updated_on>2026-11-18 14:59:59',
  'short_descriptionSTARTSWITHprinter',
  'short_descriptionENDSWITHFIRE',
  'short_descriptionLIKEer on',
  'short_descriptionNOT LIKEpaper',
  'assigned_toNOT LIKEx',
  'stateIN1,2',
  'stateNOT IN3,4',
  'assigned_toNOT INx',
  'assigned_toISEMPTY',
  'assigned_toEMPTYSTRING',
  'unknown_fieldISEMPTY',
  'stateISNOTEMPTY',
  'assigned_toANYTHING',
  'priorityBETWEEN2@10',
  'sys_created_onBETWEEN2026-11-18 00:00:00@2026-11-18 10:00:00',
  'opened_bySAMEAScaller_id',
  'stateNSAMEASpriority',
  'sys_updated_onGT_FIELDsys_created_on',
  'sys_created_onLT_OR_EQUALS_FIELDsys_updated_on',
  'reference=r1',
  'sys_created_on>=javascript:gs.beginningOfToday()',
  'sys_created_onONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)',
  'sys_created_onNOTONYesterday@javascript:gs.daysAgoStart(1)@javascript:gs.daysAgoEnd(1)',
  'sys_updated_onRELATIVEGT@hour@ago@1',
  'sys_created_onRELATIVELT@hour@ago@1',
  'state=1^ORstate=2^active=true',
  'active=true^state=1^ORstate=2',
  'state=9^NQactive=true',
  '',
])('matches %s', (text) => {
  expect(yes(text)).toBe(true)
})

test.each([
  'state=3',
  'state!=2',
  'priority<2',
  'assigned_to<x',
  'assigned_to>',
  'assigned_toBETWEEN0@z',
  'short_descriptionSTARTSWITHfire',
  'stateNOT IN2',
  'assigned_toISNOTEMPTY',
  'constructorISNOTEMPTY',
  'sys_updated_onRELATIVEGT@minute@ago@10',
  'active=false^state=1^ORstate=2',
  'state=1^ORstate=2^active=false',
  'state=9^NQactive=false',
])('does not match %s', (text) => {
  expect(yes(text)).toBe(false)
})

test('case counts when asked', () => {
  const { where } = parseQuery('number=inc0010007')
  expect(matches(where, record, { caseSensitive: true })).toBe(false)
})

test.each([
  'sys_class_nameINSTANCEOFtask',
  'aDYNAMICx',
  'aIN_HIERARCHYx',
  'aMORETHANother@day@before@1',
  'a=javascript:gs.getUserID()',
])('leaves %s to the instance', (text) => {
  expect(() => yes(text)).toThrow(QueryError)
})

test('a date helper needs a clock', () => {
  expect(() => matches(parseQuery('a>=javascript:gs.beginningOfToday()').where, record)).toThrow(
    /time of day/,
  )
})

test.each([
  ['gs.now()', '2026-11-18 15:30:20'],
  ['gs.minutesAgo(5)', '2026-11-18 15:25:00'],
  ['gs.hoursAgoStart(1)', '2026-11-18 14:00:00'],
  ['gs.hoursAgoEnd(1)', '2026-11-18 14:59:59'],
  ['gs.daysAgoStart(1)', '2026-11-17 00:00:00'],
  ['gs.daysAgoEnd(1)', '2026-11-17 23:59:59'],
  ['gs.monthsAgoStart(11)', '2025-12-01 00:00:00'],
  ['gs.yearsAgoStart(1)', '2025-01-01 00:00:00'],
  ['gs.beginningOfToday()', '2026-11-18 00:00:00'],
  ['gs.endOfYesterday()', '2026-11-17 23:59:59'],
  ['gs.beginningOfThisWeek()', '2026-11-16 00:00:00'],
  ['gs.endOfLastWeek()', '2026-11-15 23:59:59'],
  ['gs.beginningOfThisMonth()', '2026-11-01 00:00:00'],
  ['gs.endOfLastMonth()', '2026-10-31 23:59:59'],
  ['gs.beginningOfThisQuarter()', '2026-10-01 00:00:00'],
  ['gs.endOfThisYear()', '2026-12-31 23:59:59'],
  ['gs.beginningOfLast30Days()', '2026-10-19 00:00:00'],
  ["gs.dateGenerate('2026-01-02','03:04:05')", '2026-01-02 03:04:05'],
  ["gs.dateGenerate('2026-01-02','end')", '2026-01-02 23:59:59'],
  ["gs.dateGenerate('2026-02-30','start')", null],
  ['gs.beginningOfconstructor()', null],
  ['gs.beginningOfConstructor()', null],
  ['gs.getUserID()', null],
  ['gs.yearsAgo(999999)', null],
  ["gs.datePart('dayofweek','monday','EE')", null],
  ['gs.daysAgo(1);gs.eventQueue()', null],
])('%s is %s', (call, stamp) => {
  expect(evaluateHelper(`javascript:${call}`, nowMs)).toBe(stamp)
})

test('orders rows by several keys, numbers as numbers, empty first', () => {
  const rows = [{ a: '10', b: 'x' }, { a: '9', b: 'y' }, { a: '9', b: 'x' }, { b: 'z' }]
  const { order } = parseQuery('ORDERBYa^ORDERBYDESCb')
  expect([...rows].sort((a, b) => compareRecords(order, a, b))).toEqual([
    { b: 'z' },
    { a: '9', b: 'y' },
    { a: '9', b: 'x' },
    { a: '10', b: 'x' },
  ])
})

test('an inverted operator answers the opposite on every value', () => {
  const pairs = [
    ['=', '!='],
    ['LIKE', 'NOT LIKE'],
    ['IN', 'NOT IN'],
  ] as const
  fc.assert(
    fc.property(
      fc.constantFrom(...pairs),
      fc.string(),
      fc.string(),
      ([positive, negative], actual, wanted) => {
        fc.pre(!/^\s*javascript:/i.test(wanted))
        const answer = (operator: (typeof pairs)[number][number]) => {
          const value = operator.includes('IN') ? [wanted] : wanted
          return matches({ kind: 'condition', field: 'a', operator, value }, { a: actual })
        }
        expect(answer(positive)).toBe(!answer(negative))
      },
    ),
  )
})
