/** No value changes the structure of a query: what can be written comes back as the same tree, all else is refused with what to do. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { QueryError } from '../../src/base/errors.ts'
import type { Condition, Operator, QueryNode, QueryTree } from '../../src/query/conditions.ts'
import { conditionsOf, listOperators, partsOperators, scalarOperators } from '../../src/query/conditions.ts'
import { encodeQuery } from '../../src/query/encode.ts'
import { matches } from '../../src/query/evaluate.ts'
import { parseQuery } from '../../src/query/parse.ts'
import { howMany, isBroken, isScript, nasty, patienceMs } from './cases.ts'

/** A column's name is letters, digits and underscores; dots lead through references. */
const field = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}(\.[a-z_][a-z0-9_]{0,5})?$/)
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.constantFrom('^', 'O', 'R', 'N', 'Q', '=', ',', '@', 'x', ' ', '<') }),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...nasty), fc.string()).map((parts) => parts.join('')) },
)

/** Operators whose parts are joined by @; all but BETWEEN take any number of them. */
const parts = partsOperators.filter((operator) => operator !== 'BETWEEN')
const takesParts = (operator: Operator) => partsOperators.some((name) => name === operator)

const conditionOf = (operators: readonly Operator[], values: fc.Arbitrary<Condition['value']>) =>
  fc.record({
    kind: fc.constant('condition' as const),
    field,
    operator: fc.constantFrom(...operators),
    value: values,
  })
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 4, arbitrary: conditionOf(scalarOperators, value) },
  { weight: 2, arbitrary: conditionOf(listOperators, fc.array(value, { minLength: 1, maxLength: 4 })) },
  { weight: 1, arbitrary: conditionOf(['BETWEEN'], fc.tuple(value, value)) },
  {
    weight: 1,
    arbitrary: conditionOf(parts, fc.array(value, { minLength: 1, maxLength: 4 })),
  },
)

/** Why a value cannot be written, said without the code under test; null when it can be. */
function fault({ operator, value: given }: Condition): RegExp | null {
  const values = typeof given === 'string' ? [given] : given
  const text = values.join(takesParts(operator) ? '@' : ',')
  if (values.some(isBroken)) return values.some(isScript) ? /character|script/ : /character/
  if (values.some(isScript)) return /script/
  if (typeof given !== 'string' && !takesParts(operator)) {
    if (given.some((each) => each.includes(','))) return /comma/
    if (given.some((each) => each !== each.trim())) return /space/
  }
  if (takesParts(operator) && values.some((each) => each.includes('@'))) return /@/
  const longer = ['<=', '>=', 'INSTANCEOF', 'IN_HIERARCHY_DYNAMIC', 'IN_HIERARCHY']
  const read = longer.find((name) => `${operator}${text}`.startsWith(name) && name.length > operator.length)
  return read === undefined ? null : /part of the operator/
}

test('one value: refused for a reason that is named, with what to do, or read back as it was', {
  timeout: patienceMs,
}, () => {
  const seen = { refused: 0, returned: 0 }
  const check = (one: Condition) => {
    const reason = fault(one)
    if (reason === null) {
      const text = encodeQuery({ where: one, order: [] })
      expect(parseQuery(text)).toEqual({ where: one, order: [], endQuery: false })
      seen.returned += 1
      return
    }
    const refusal = thrownBy(() => encodeQuery({ where: one, order: [] }))
    expect(refusal).toBeInstanceOf(QueryError)
    expect(refusal).toMatchObject({ message: expect.stringMatching(reason), hint: expect.any(String) })
    seen.refused += 1
  }
  fc.assert(fc.property(condition, check), howMany())
  expect(seen.returned).toBeGreaterThan(100)
  expect(seen.refused).toBeGreaterThan(50)
})

test('every nasty text in every operator', () => {
  for (const text of nasty) {
    for (const operator of [...scalarOperators, ...listOperators, 'BETWEEN'] as const) {
      const many = operator === 'BETWEEN' || operator === 'IN' || operator === 'NOT IN'
      const one: Condition = { kind: 'condition', field: 'f', operator, value: many ? [text, 'z'] : text }
      const encode = () => parseQuery(encodeQuery({ where: one, order: [] })).where
      if (fault(one) === null) expect(encode()).toEqual(one)
      else expect(encode).toThrow(QueryError)
    }
  }
})

const writable = condition.filter((one) => fault(one) === null)
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 2, maxLength: 3 })
const or = <T extends QueryNode>(one: fc.Arbitrary<T>): fc.Arbitrary<QueryNode> =>
  some(one).map((terms) => ({ kind: 'or', terms }))
const and = (one: fc.Arbitrary<QueryNode>): fc.Arbitrary<QueryNode> =>
  some(one).map((terms) => ({ kind: 'and', terms }))
const newQuery = (one: fc.Arbitrary<QueryNode>): fc.Arbitrary<QueryNode> =>
  some(one).map((blocks) => ({ kind: 'newQuery', blocks }))
const clause = fc.oneof(writable, or(writable))
const block = fc.oneof(clause, and(clause))
/** Trees as the grammar writes them: blocks of clauses of alternatives. */
const flat = fc.oneof(fc.constant(null), block, newQuery(block))
/** Any tree at all. */
const { deep } = fc.letrec<{ deep: QueryNode }>((tie) => ({
  deep: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    writable,
    or(tie('deep')),
    and(tie('deep')),
    newQuery(tie('deep')),
  ),
}))
const order = fc.array(fc.record({ field, direction: fc.constantFrom('asc' as const, 'desc' as const) }), {
  maxLength: 3,
})

test('a tree as the grammar has it comes back equal, order and all', { timeout: patienceMs }, () => {
  const check = (tree: QueryTree) => {
    expect(parseQuery(encodeQuery(tree))).toEqual({ ...tree, endQuery: false })
  }
  fc.assert(fc.property(fc.record({ where: flat, order }), check), howMany())
})

/** Stands for each condition by a name, so that the logic of two trees can be compared whatever the conditions say. */
function named(node: QueryNode, names: Map<string, string>): QueryNode {
  if (node.kind === 'newQuery') return { ...node, blocks: node.blocks.map((each) => named(each, names)) }
  if (node.kind !== 'condition') return { ...node, terms: node.terms.map((each) => named(each, names)) }
  const key = JSON.stringify([node.field, node.operator, node.value])
  const name = names.get(key) ?? `c${names.size}`
  names.set(key, name)
  return { kind: 'condition', field: name, operator: '=', value: 'true' }
}

test('any other tree comes back with the same meaning and no condition but its own', {
  timeout: patienceMs,
}, () => {
  let written = 0
  const check = (where: QueryNode, seeds: readonly number[]) => {
    const text = unlessTooLong(() => encodeQuery({ where, order: [] }))
    if (text === null) return
    written += 1
    const back = parseQuery(text).where
    if (back === null) throw new Error('the conditions are gone')
    const names = new Map<string, string>()
    const [ours, theirs] = [named(where, names), named(back, names)]
    expect(new Set(conditionsOf(theirs).map((each) => each.field))).toEqual(
      new Set(conditionsOf(ours).map((each) => each.field)),
    )
    for (const seed of seeds) {
      const facts = Object.fromEntries(
        [...names.values()].map((name, at) => [name, (seed >>> (at % 31)) & 1 ? 'true' : 'false']),
      )
      expect(matches(theirs, facts), text).toBe(matches(ours, facts))
    }
  }
  fc.assert(fc.property(deep, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), check), howMany())
  expect(written).toBeGreaterThan(200)
})

function unlessTooLong<T>(make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof QueryError && /too long/.test(error.message)) return null
    throw error
  }
}

function thrownBy(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
