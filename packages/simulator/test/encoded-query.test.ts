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
  ['a=1^RLQUERYx.y,>0,z.active=true^ENDRLQUERY^b=2', '(a = 1) & (b = 2)'],
  ['a=1^NQRLQUERYx.y,>0^c=3^ORd=4^NQe=5^ENDRLQUERY^b=2', '(a = 1) & (b = 2)'],
  ['a=1^ORRLQUERYx.y,>0^c=3^ENDRLQUERY', '(a = 1)'],
  ['SUBQUERYa,b,c^d=1^ENDSUBQUERY^b=2', '(b = 2)'],
  ['a=1^NQSUBQUERYa,b,c^d=1^RLQUERYx.y,>0^e=1^ENDRLQUERY^f=1^ENDSUBQUERY^ORb=2', '(a = 1 | b = 2)'],
  ['a=1^JOINa.f=b.g!h=2', '(a = 1) & ()'],
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
  ['aENDSWITHb', 'ENDSWITH', 'b'],
  ['aLIKEb', 'LIKE', 'b'],
  ['aNOTLIKEb', 'NOT LIKE', 'b'],
  ['a<b', '<', 'b'],
  ['a>b', '>', 'b'],
  ['a>=b', '>=', 'b'],
  ['aIN_HIERARCHYb', 'IN_HIERARCHY', 'b'],
  ['aIN_HIERARCHY_DYNAMICb', 'IN_HIERARCHY', 'b'],
  ['aEMPTYSTRING', 'EMPTYSTRING', ''],
  ['aANYTHING', 'ANYTHING', ''],
  ['aNSAMEASb', 'NSAMEAS', 'b'],
  ['aGT_FIELDb', 'GT_FIELD', 'b'],
  ['aLT_FIELDb', 'LT_FIELD', 'b'],
  ['aGT_OR_EQUALS_FIELDb', 'GT_OR_EQUALS_FIELD', 'b'],
  ['aLT_OR_EQUALS_FIELDb', 'LT_OR_EQUALS_FIELD', 'b'],
  ['aDATEPARTx@y', 'DATEPART', 'x@y'],
  ['aRELATIVEGE@hour@ago@1', 'RELATIVEGE', '@hour@ago@1'],
  ['aRELATIVELT@hour@ago@1', 'RELATIVELT', '@hour@ago@1'],
  ['aRELATIVELE@hour@ago@1', 'RELATIVELE', '@hour@ago@1'],
  ['aRELATIVEEE@hour@ago@1', 'RELATIVEEE', '@hour@ago@1'],
  ['aMORETHANb@day@before@1', 'MORETHAN', 'b@day@before@1'],
  ['aLESSTHANb@day@before@1', 'LESSTHAN', 'b@day@before@1'],
  ['aDYNAMICb', 'DYNAMIC', 'b'],
])('%s has the operator %s', (term, operator, value) => {
  expect(parseCondition(term)).toMatchObject({ operator, value })
})

test.each([
  'a~1',
  'UPPER=1',
  'aVALCHANGES',
  'aCHANGESFROM3',
  'aCHANGESTO3',
  'aDOESNOTHAVEb',
  'aEXCLUDINGb',
  '123TEXTINDEXGROUP321=group',
  'JOINa.f=b.g!h=2',
  '=1',
  'a',
])('%s is dropped in silence', (term) => {
  expect(parseEncodedQuery(`b=1^${term}`).dropped).toEqual([term])
  expect(shown(`b=1^${term}`)).toBe('(b = 1) & ()')
})

test('a stretch about another table is dropped as a whole, its conditions too (2.2)', () => {
  const { dropped, blocks } = parseEncodedQuery(
    'SUBQUERYa,b,c^d=1^ENDSUBQUERY^NQRLQUERYx.y,>0^e=1^ENDRLQUERY^f=1',
  )
  expect(dropped).toEqual(['SUBQUERYa,b,c', 'd=1', 'ENDSUBQUERY', 'NQRLQUERYx.y,>0', 'e=1', 'ENDRLQUERY'])
  expect(blocks).toHaveLength(1)
})

test('a doubled caret is one caret of the value', () => {
  expect(splitTerms('a^^b^c')).toEqual(['a^b', 'c'])
})
