/** The grammar and precedence of encoded queries, as tables of cases (servicenow.md section 2.1). */
import { expect, test } from 'vitest'
import { parseCondition, parseEncodedQuery, splitTerms } from '../src/encoded-query.ts'

/** Blocks as text: `a AND (b OR c) || d`. */
function shown(query: string): string {
  const { blocks, order } = parseEncodedQuery(query)
  const text = blocks
    .map((groups) =>
      groups
        .map((group) =>
          group.map(({ field, operator, value }) => `${field} ${operator} ${value}`).join(' | '),
        )
        .map((group) => `(${group})`)
        .join(' & '),
    )
    .join(' || ')
  const sorted = order.map(({ field, descending }) => `${descending ? '-' : '+'}${field}`).join(' ')
  return sorted === '' ? text : `${text} order ${sorted}`
}

test.each([
  ['a=1', '(a = 1)'],
  ['a=1^b=2', '(a = 1) & (b = 2)'],
  ['a=1^b=2^ORc=3', '(a = 1) & (b = 2 | c = 3)'],
  ['a=1^ORb=2^c=3', '(a = 1 | b = 2) & (c = 3)'],
  ['a=1^NQb=2^c=3', '(a = 1) || (b = 2) & (c = 3)'],
  ['a=1^ORb=2^NQc=3^ORd=4', '(a = 1 | b = 2) || (c = 3 | d = 4)'],
  ['a=1^NQb=2^ORDERBYDESCc^ORDERBYd', '(a = 1) || (b = 2) order -c +d'],
  ['ORDERBYsys_updated_on^ORDERBYsys_id', ' order +sys_updated_on +sys_id'],
  ['a=1^EQ', '(a = 1)'],
  ['GOTOa=1^GROUPBYb', '(a = 1)'],
  ['a=x^^y^b=1', '(a = x^y) & (b = 1)'],
  ['a=x^^^b=1', '(a = x^) & (b = 1)'],
  ['a=1^RLQUERYtask_sla.task,>=1^stage=x^ENDRLQUERY^b=2', '(a = 1) & (b = 2)'],
  ['caller_id.email=a@b.c', '(caller_id.email = a@b.c)'],
  ['', ''],
])('%s is read as %s', (query, wanted) => {
  expect(shown(query)).toBe(wanted)
})

test.each([
  ['a=', '=', ''],
  ['a!=b', '!=', 'b'],
  ['a<=b', '<=', 'b'],
  ['aSTARTSWITHb', 'STARTSWITH', 'b'],
  ['a%b', 'ENDSWITH', 'b'],
  ['aCONTAINSb', 'LIKE', 'b'],
  ['a*b', 'LIKE', 'b'],
  ['a!*b', 'NOT LIKE', 'b'],
  ['aNOT LIKEb', 'NOT LIKE', 'b'],
  ['aDOES NOT CONTAINb', 'NOT LIKE', 'b'],
  ['aINb,c', 'IN', 'b,c'],
  ['aNOT INb,c', 'NOT IN', 'b,c'],
  ['sys_class_nameINSTANCEOFtask', 'INSTANCEOF', 'task'],
  ['aISEMPTY', 'ISEMPTY', ''],
  ['aISNOTEMPTY', 'ISNOTEMPTY', ''],
  ['aBETWEENb@c', 'BETWEEN', 'b@c'],
  ['a SAMEASb', 'SAMEAS', 'b'],
  ['aONToday@x@y', 'ON', 'Today@x@y'],
  ['aNOTONToday@x@y', 'NOTON', 'Today@x@y'],
  ['aRELATIVEGT@hour@ago@1', 'RELATIVEGT', '@hour@ago@1'],
  ['123TEXTQUERY321=two words', 'TEXTQUERY', 'two words'],
])('%s has the operator %s', (term, operator, value) => {
  expect(parseCondition(term)).toMatchObject({ operator, value })
})

test.each(['a~1', 'UPPER=1', 'aVALCHANGES', 'aCHANGESTO3', '=1', 'a'])('%s is dropped in silence', (term) => {
  expect(parseEncodedQuery(`b=1^${term}`).dropped).toEqual([term])
  expect(shown(`b=1^${term}`)).toBe('(b = 1) & ()')
})

test('a doubled caret is one caret of the value', () => {
  expect(splitTerms('a^^b^c')).toEqual(['a^b', 'c'])
})
