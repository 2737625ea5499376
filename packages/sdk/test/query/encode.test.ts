/** Encoded queries, tree to text and back: tables of cases, refusals, and the property that no value changes the structure. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import type { Condition, QueryNode, QueryTree } from '../../src/query/conditions.ts'
import {
  conditionsOf,
  hasNewQuery,
  listOperators,
  scalarOperators,
  unaryOperators,
} from '../../src/query/conditions.ts'
import { encodeQuery } from '../../src/query/encode.ts'
import { parseQuery } from '../../src/query/parse.ts'

const eq = (field: string, value: string): Condition => ({ kind: 'condition', field, operator: '=', value })
const cond = (field: string, operator: Condition['operator'], value: Condition['value']): Condition => ({
  kind: 'condition',
  field,
  operator,
  value,
})
const encode = (where: QueryNode | null) => encodeQuery({ where, order: [] })
const [A, B, C, D] = [eq('a', '1'), eq('b', '2'), eq('c', '3'), eq('d', '4')]

describe('tree to text', () => {
  test.each<[string, QueryNode, string]>([
    ['one condition', A, 'a=1'],
    ['and', { kind: 'and', terms: [A, B] }, 'a=1^b=2'],
    ['or', { kind: 'or', terms: [A, B, C] }, 'a=1^ORb=2^ORc=3'],
    [
      'an or between ands binds its neighbours',
      { kind: 'and', terms: [A, { kind: 'or', terms: [B, C] }, D] },
      'a=1^b=2^ORc=3^d=4',
    ],
    [
      'an or of ands is multiplied out, not written with ^NQ',
      { kind: 'or', terms: [{ kind: 'and', terms: [A, B] }, C] },
      'a=1^ORc=3^b=2^ORc=3',
    ],
    ['new query', { kind: 'newQuery', blocks: [{ kind: 'and', terms: [A, B] }, C] }, 'a=1^b=2^NQc=3'],
    [
      'a condition beside a new query stands in each block',
      { kind: 'and', terms: [{ kind: 'newQuery', blocks: [A, B] }, C] },
      'a=1^c=3^NQb=2^c=3',
    ],
    [
      'or with a new query',
      { kind: 'or', terms: [A, { kind: 'newQuery', blocks: [B, C] }] },
      'a=1^NQb=2^NQc=3',
    ],
    ['caret doubled', eq('short_description', 'a^ORb'), 'short_description=a^^ORb'],
    ['caret at the end', { kind: 'and', terms: [eq('a', 'x^'), B] }, 'a=x^^^b=2'],
    ['list', cond('state', 'IN', ['1', '2']), 'stateIN1,2'],
    ['range', cond('number', 'BETWEEN', ['INC1', 'INC5']), 'numberBETWEENINC1@INC5'],
    ['no value', cond('assigned_to', 'ISEMPTY', ''), 'assigned_toISEMPTY'],
    ['dot-walk', eq('caller_id.email', 'a@b.c'), 'caller_id.email=a@b.c'],
    [
      'relative date',
      cond('sys_updated_on', 'RELATIVEGT', ['', 'hour', 'ago', '1']),
      'sys_updated_onRELATIVEGT@hour@ago@1',
    ],
    [
      'date helper',
      { ...cond('sys_created_on', '>=', 'javascript:gs.daysAgoStart(7)'), script: 'date' },
      'sys_created_on>=javascript:gs.daysAgoStart(7)',
    ],
  ])('%s', (_, node, text) => {
    expect(encode(node)).toBe(text)
  })

  test('order stands at the end, also alone', () => {
    const order = [
      { field: 'sys_updated_on', direction: 'desc' },
      { field: 'sys_id', direction: 'asc' },
    ] as const
    expect(encodeQuery({ where: A, order })).toBe('a=1^ORDERBYDESCsys_updated_on^ORDERBYsys_id')
    expect(encodeQuery({ where: null, order })).toBe('ORDERBYDESCsys_updated_on^ORDERBYsys_id')
    expect(encodeQuery({ where: null, order: [] })).toBe('')
  })

  test.each<[string, QueryNode, RegExp]>([
    ['a field with a caret', eq('a^NQb', '1'), /field name/],
    ['a field with an operator', eq('a=1', '1'), /field name/],
    ['a label in place of a field', eq('Short description', '1'), /field name/],
    ['an upper-case field', eq('ORDERBYa', '1'), /field name/],
    ['an empty field', eq('', '1'), /field name/],
    ['a line break', eq('a', 'x\ny'), /control character/],
    ['a NUL', eq('a', '\u0000'), /control character/],
    ['half a surrogate pair', eq('a', '\ud800'), /broken character/],
    ['a script', eq('caller_id', 'javascript:gs.getUserID()'), /script/],
    ['a script in disguise', eq('caller_id', '  JavaScript:gs.getUserID()'), /script/],
    ['a script in a list', cond('a', 'IN', ['1', 'javascript:x()']), /script/],
    [
      'a script said to be a date helper',
      { ...eq('a', 'javascript:gs.getUserID()'), script: 'date' },
      /script/,
    ],
    ['a comma in a list', cond('a', 'IN', ['1,2']), /comma/],
    ['an empty list', cond('a', 'IN', []), /empty/],
    ['an @ in a range', cond('a', 'BETWEEN', ['x@y', 'z']), /@/],
    ['a range with one end', cond('a', 'BETWEEN', ['x']), /two ends/],
    ['"<" before "="', cond('a', '<', '=5'), /part of the operator/],
    ['"IN" before "STANCEOF"', cond('a', 'IN', ['STANCEOFtask']), /part of the operator/],
    ['a value where none belongs', cond('a', 'ISEMPTY', 'x'), /no value/],
    ['a list where one value belongs', cond('a', '=', ['x']), /one value/],
    ['an empty group', { kind: 'or', terms: [] }, /empty/],
  ])('refuses %s', (_, node, message) => {
    expect(() => encode(node)).toThrow(QueryError)
    expect(() => encode(node)).toThrow(message)
  })

  test('refuses what would explode when multiplied out', () => {
    const pair = (n: number): QueryNode => ({ kind: 'and', terms: [eq(`a${n}`, '1'), eq(`b${n}`, '1')] })
    const node: QueryNode = { kind: 'or', terms: Array.from({ length: 12 }, (_, n) => pair(n)) }
    expect(() => encode(node)).toThrow(/too long/)
  })
})

describe('text to tree', () => {
  test.each<[string, QueryNode | null]>([
    ['', null],
    ['a=1', A],
    ['a=1^', A],
    ['a=1^b=2^ORc=3^d=4', { kind: 'and', terms: [A, { kind: 'or', terms: [B, C] }, D] }],
    ['a=1^ORb=2^c=3', { kind: 'and', terms: [{ kind: 'or', terms: [A, B] }, C] }],
    ['a=1^b=2^NQc=3', { kind: 'newQuery', blocks: [{ kind: 'and', terms: [A, B] }, C] }],
    ['aCONTAINSx', cond('a', 'LIKE', 'x')],
    ['a*x', cond('a', 'LIKE', 'x')],
    ['a!*x', cond('a', 'NOT LIKE', 'x')],
    ['aNOTLIKEx', cond('a', 'NOT LIKE', 'x')],
    ['aDOES NOT CONTAINx', cond('a', 'NOT LIKE', 'x')],
    ['a%x', cond('a', 'ENDSWITH', 'x')],
    ['a>=1', cond('a', '>=', '1')],
    ['aNOT IN1,2', cond('a', 'NOT IN', ['1', '2'])],
    ['sys_class_nameINSTANCEOFtask', cond('sys_class_name', 'INSTANCEOF', 'task')],
    ['aIN_HIERARCHYx', cond('a', 'IN_HIERARCHY', 'x')],
    ['a=x^^y^b=2', { kind: 'and', terms: [eq('a', 'x^y'), B] }],
    [
      'caller_id=javascript:gs.getUserID()',
      { ...eq('caller_id', 'javascript:gs.getUserID()'), script: 'code' },
    ],
    [
      'a>=javascript:gs.beginningOfToday()',
      { ...cond('a', '>=', 'javascript:gs.beginningOfToday()'), script: 'date' },
    ],
    [
      'aONToday@javascript:gs.daysAgoStart(0)@javascript:gs.daysAgoEnd(0)',
      {
        ...cond('a', 'ON', ['Today', 'javascript:gs.daysAgoStart(0)', 'javascript:gs.daysAgoEnd(0)']),
        script: 'date',
      },
    ],
  ])('%s', (text, where) => {
    expect(parseQuery(text)).toEqual({ where, order: [], endQuery: false })
  })

  test('reports order and ^EQ', () => {
    expect(parseQuery('a=1^ORDERBYDESCb^ORDERBYc^EQ')).toEqual({
      where: A,
      order: [
        { field: 'b', direction: 'desc' },
        { field: 'c', direction: 'asc' },
      ],
      endQuery: true,
    })
  })

  test.each([
    '^a=1',
    'ORa=1',
    'NQa=1',
    '^ORa=1',
    'a=1^^^NQ',
    'a=1^EQ^b=2',
    'a',
    'a LIKE x',
    'aVALCHANGES',
    'aCHANGESFROM1',
    'aBETWEEN1',
    'aISEMPTYx',
    '123TEXTQUERY321=words',
    'RLQUERYtask.parent,>=1^active=true^ENDRLQUERY',
    'JOINincident.a=b.c',
    'SUBQUERYa',
    'a=1^GROUPBYb',
    'GOTOa=1',
    'a=1\nb',
    'Short description=1',
    'a..b=1',
    `a=${'x'.repeat(40_000)}`,
  ])('refuses %j', (text) => {
    expect(() => parseQuery(text)).toThrow(QueryError)
  })

  test('lists every condition for a caller who vets them, and sees ^NQ', () => {
    const { where } = parseQuery('a=1^ORb=2^NQc=3')
    expect(conditionsOf(where).map(({ field }) => field)).toEqual(['a', 'b', 'c'])
    expect(hasNewQuery(where)).toBe(true)
    expect(hasNewQuery(parseQuery('a=1^ORb=2').where)).toBe(false)
  })
})

const field = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,5})?$/)
const value = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('^', 'O', 'R', 'N', 'Q', '=', ',', '@', 'x', ' ', '<') }),
)
const condition = fc.oneof(
  fc.record({
    kind: fc.constant('condition' as const),
    field,
    operator: fc.constantFrom(...scalarOperators),
    value,
  }),
  fc.record({
    kind: fc.constant('condition' as const),
    field,
    operator: fc.constantFrom(...listOperators),
    value: fc.array(value, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('condition' as const),
    field,
    operator: fc.constant('BETWEEN' as const),
    value: fc.tuple(value, value),
  }),
  fc.record({
    kind: fc.constant('condition' as const),
    field,
    operator: fc.constantFrom(...unaryOperators),
    value: fc.constant(''),
  }),
)
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 2, maxLength: 3 })
const clause: fc.Arbitrary<QueryNode> = fc.oneof(
  condition,
  some(condition).map((terms) => ({ kind: 'or' as const, terms })),
)
const block: fc.Arbitrary<QueryNode> = fc.oneof(
  clause,
  some(clause).map((terms) => ({ kind: 'and' as const, terms })),
)
const where: fc.Arbitrary<QueryNode | null> = fc.oneof(
  fc.constant(null),
  block,
  some(block).map((blocks) => ({ kind: 'newQuery' as const, blocks })),
)
const order = fc.array(fc.record({ field, direction: fc.constantFrom('asc' as const, 'desc' as const) }), {
  maxLength: 3,
})

test('whatever a value holds, it is refused or comes back as the same tree', () => {
  const outcomes = { refused: 0, returned: 0 }
  const check = (tree: QueryTree) => {
    let text: string
    try {
      text = encodeQuery(tree)
    } catch (error) {
      expect(error).toBeInstanceOf(QueryError)
      outcomes.refused += 1
      return
    }
    outcomes.returned += 1
    expect(parseQuery(text)).toEqual({ ...tree, endQuery: false })
  }
  fc.assert(fc.property(fc.record({ where, order }), check), { numRuns: 3000 })
  expect(outcomes.returned).toBeGreaterThan(300)
  expect(outcomes.refused).toBeGreaterThan(100)
})

test('a long hostile text is read in linear time', () => {
  const started = performance.now()
  for (const part of ['^', 'a', '^OR', 'a=^', 'javascript:', '@', 'IN,', '.']) {
    try {
      parseQuery(part.repeat(Math.floor(32_000 / part.length)))
    } catch (error) {
      expect(error).toBeInstanceOf(QueryError)
    }
  }
  expect(performance.now() - started).toBeLessThan(1000)
})
