/** Every operator that means something in a REST filter, asked over the wire of the evaluator: which rows remain (section 2.2). */
import { expect, test } from 'vitest'
import { createDatabase } from '../../src/database.ts'
import { compileQuery } from '../../src/query/compile.ts'
import { evaluateScript } from '../../src/query/dates.ts'
import { selectByScan } from '../../src/query/select.ts'
import { createRandom } from '../../src/random.ts'

// A Thursday, 2026-11-05 10:30:00 UTC; in Los Angeles it is 02:30 of the same day.
const nowMs = Date.UTC(2026, 10, 5, 10, 30)
const ME = 'e'.repeat(32)
const asker = { nowMs, zone: 'UTC', userId: ME, userName: 'admin' }

const rows: readonly Readonly<Record<string, string>>[] = [
  {
    sys_id: 'a',
    number: 'INC1',
    state: '2',
    short_description: 'Printer jam',
    opened_at: '2026-11-05 09:45:00',
    active: 'true',
    caller_id: 'loo',
    assigned_to: ME,
    impact: '1',
    urgency: '3',
    sys_class_name: 'incident',
    resolved_at: '2026-11-05 10:00:00',
  },
  {
    sys_id: 'b',
    number: 'INC2',
    state: '10',
    short_description: 'VPN, slow',
    opened_at: '2026-11-04 23:59:59',
    active: 'false',
    caller_id: 'loo',
    assignment_group: 'net',
    impact: '2',
    urgency: '2',
    sys_class_name: 'incident',
    resolved_at: '2026-11-09 00:00:00',
  },
  {
    sys_id: 'c',
    number: 'INC3',
    state: '-100',
    short_description: 'PRINTER offline',
    opened_at: '2026-10-31 12:00:00',
    active: 'true',
    caller_id: 'ray',
    assignment_group: 'wifi',
    impact: '3',
    urgency: '1',
    sys_class_name: 'incident',
  },
  {
    sys_id: 'd',
    number: 'INC4',
    state: '',
    short_description: '',
    opened_at: '',
    active: '',
    impact: '',
    urgency: '',
  },
]

function world(caseSensitive = false) {
  const database = createDatabase([], caseSensitive)
  const insert = (table: string, records: readonly Record<string, string>[]) => {
    for (const record of records) database.need(table).insert(record)
  }
  insert('incident', rows)
  insert('sys_user', [
    { sys_id: 'loo', name: 'David Loo', email: 'david@example.com', manager: 'ray' },
    { sys_id: 'ray', name: 'Ray Charles', email: 'ray@example.com' },
  ])
  insert('sys_user_group', [
    { sys_id: 'net', name: 'Network', parent: '' },
    { sys_id: 'wifi', name: 'Wi-Fi', parent: 'net' },
  ])
  return { database, table: database.need('incident') }
}

function found(query: string, zone = 'UTC', caseSensitive = false): string {
  const compiled = compileQuery(query, { ...world(caseSensitive), asker: { ...asker, zone } })
  const { rows: matches } = selectByScan(compiled, { offset: 0, limit: 99 }, createRandom(1))
  return matches
    .map(({ id }) => id)
    .sort()
    .join('')
}

test.each([
  ['number=inc1', 'a'],
  ['number!=INC1', 'bcd'],
  ['active!=false', 'acd'],
  ['active=1', 'ac'],
  ['state>2', 'b'],
  ['state<=2', 'ac'],
  ['state=02', 'a'],
  ['short_descriptionSTARTSWITHprinter', 'ac'],
  ['short_descriptionENDSWITHjam', 'a'],
  ['short_description%jam', 'a'],
  ['short_descriptionLIKErint', 'ac'],
  ['short_descriptionNOT LIKErint', 'bd'],
  ['short_description!*rint', 'bd'],
  ['stateIN2,10', 'ab'],
  ['stateNOT IN2,10', 'cd'],
  ['assignment_groupIN_HIERARCHYnet', 'bc'],
  ['stateISEMPTY', 'd'],
  ['stateISNOTEMPTY', 'abc'],
  ['short_descriptionEMPTYSTRING', 'd'],
  ['stateANYTHING', 'abcd'],
  ['impactBETWEEN2@3', 'bc'],
  ['impactSAMEASurgency', 'bd'],
  ['impactNSAMEASurgency', 'ac'],
  ['impactGT_FIELDurgency', 'c'],
  ['impactLT_FIELDurgency', 'a'],
  ['impactGT_OR_EQUALS_FIELDurgency', 'bc'],
  ['opened_atSAMEASresolved_at@day', 'ad'],
  ['sys_class_nameINSTANCEOFtask', 'abc'],
  ['sys_class_name=task', ''],
  ['assigned_toDYNAMIC90d1921e5f510100a9ad2572f2b477fe', 'a'],
  ['assigned_to=javascript:gs.getUserID()', 'a'],
  ['123TEXTQUERY321=printer offline', 'c'],
  ['caller_id=loo', 'ab'],
  ['caller_idLIKEloo', 'ab'],
  ['caller_idSTARTSWITHray', 'c'],
  ['caller_id.email=david@example.com', 'ab'],
  ['caller_id.manager.nameSTARTSWITHray', 'ab'],
  ['caller_id.ghost=1', 'abcd'],
  ['opened_at>=2026-11-05', 'a'],
  ['opened_at<2026-11-05 00:00:00', 'bc'],
  ['opened_at>=2026-11-05T00:00:00Z', 'abcd'],
  ['opened_atONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)', 'a'],
  ['opened_atNOTONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)', 'bcd'],
  ['opened_atONYesterday@javascript:gs.beginningOfYesterday()@javascript:gs.endOfYesterday()', 'b'],
  ['opened_atBETWEENjavascript:gs.daysAgoStart(1)@javascript:gs.daysAgoEnd(0)', 'ab'],
  ['opened_at>=javascript:gs.beginningOfThisMonth()', 'ab'],
  ['opened_atONLast month@javascript:gs.beginningOfLastMonth()@javascript:gs.endOfLastMonth()', 'c'],
  ["opened_at>=javascript:gs.dateGenerate('2026-11-04','23:59:59')", 'ab'],
  ['opened_atRELATIVEGT@hour@ago@1', 'a'],
  ['opened_atRELATIVELT@day@ago@2', 'c'],
  ["opened_atDATEPARTThursday@javascript:gs.datePart('dayofweek','thursday','EE')", 'a'],
  ['opened_atDATEPARTThursday@javascript:gs.datePart("dayofweek","thursday","EE")', 'a'],
  ["opened_atDATEPARTThursday@javascript:gs.datePart('dayofweek', 'thursday', 'EE')", 'a'],
  ["opened_atDATEPARTOctober@javascript:gs.datePart('month','october','EE')", 'c'],
  ['resolved_atMORETHANopened_at@day@after@2', 'b'],
  ['resolved_atLESSTHANopened_at@hour@after@1', 'a'],
  ['opened_at>=javascript:gs.ghost()', 'abcd'],
  ['number=INC1^NQghost=1', 'abcd'],
  ['number=INC1^ghost=1^ORnumber=INC2', ''],
])('%s finds %s', (query, wanted) => {
  expect(found(query)).toBe(wanted)
})

test('case counts only when it is switched on', () => {
  expect(found('number=inc1', 'UTC', true)).toBe('')
  expect(found('short_descriptionLIKEPrint', 'UTC', true)).toBe('a')
})

test('literals are UTC, dateGenerate and calendar edges are in the zone of the user', () => {
  const zone = 'America/Los_Angeles'
  expect(found('opened_at>=2026-11-05 00:00:00', zone)).toBe('a')
  expect(found("opened_at>=javascript:gs.dateGenerate('2026-11-04','00:00:00')", zone)).toBe('ab')
  expect(evaluateScript('gs.daysAgoStart(0)', { ...asker, zone })).toBe('2026-11-05 08:00:00')
  // Summer time ended on 2026-11-01: the week began still at UTC-8, the month at UTC-7.
  expect(evaluateScript('gs.beginningOfThisWeek()', { ...asker, zone })).toBe('2026-11-02 08:00:00')
  expect(evaluateScript('gs.beginningOfThisMonth()', { ...asker, zone })).toBe('2026-11-01 07:00:00')
})

test.each([
  ['gs.minutesAgo(30)', '2026-11-05 10:00:00'],
  ['gs.hoursAgoStart(1)', '2026-11-05 09:00:00'],
  ['gs.hoursAgoEnd(1)', '2026-11-05 09:59:59'],
  ['gs.daysAgo(1)', '2026-11-04 10:30:00'],
  ['gs.monthsAgo(9)', '2026-02-05 10:30:00'],
  ['gs.quartersAgoStart(1)', '2026-07-01 00:00:00'],
  ['gs.yearsAgo(1)', '2025-11-05 10:30:00'],
  ['gs.beginningOfLast30Days()', '2026-10-06 00:00:00'],
  ['gs.endOfThisQuarter()', '2026-12-31 23:59:59'],
  ['gs.beginningOfNextWeek()', '2026-11-09 00:00:00'],
  ["gs.dateGenerate('2026-01-02','end')", '2026-01-02 23:59:59'],
  ['gs.nowDateTime()', '2026-11-05 10:30:00'],
])('%s is %s', (script, wanted) => {
  expect(evaluateScript(script, asker)).toBe(wanted)
})
