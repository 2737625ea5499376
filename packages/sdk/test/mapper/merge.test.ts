/** Three-way merge: cases, groups, and the properties that nothing is lost and nothing is invented. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copilotMapper } from '../../src/mapper/copilot.ts'
import { merge } from '../../src/mapper/merge.ts'

const [base, ours, theirs] = [{ state: '1' }, { state: '6' }, { state: '2' }]

describe('one field', () => {
  test.each([
    ['only we changed', { base, ours, theirs: base }, { state: '6' }, 0],
    ['only they changed', { base, ours: base, theirs }, {}, 0],
    ['both to the same', { base, ours, theirs: ours }, {}, 0],
    ['nobody', { base, ours: base, theirs: base }, {}, 0],
  ] as const)('%s', (_name, input, patch, conflicts) => {
    const result = merge({ ...input, policy: 'manual' })
    expect([result.patch, result.conflicts.length]).toEqual([patch, conflicts])
  })
  test.each([
    ['local', { state: '6' }],
    ['remote', {}],
    ['manual', {}],
  ] as const)('both changed it and %s wins', (policy, patch) => {
    const conflicts = [{ field: 'state', base: '1', ours: '6', theirs: '2', winner: policy }]
    expect(merge({ base, ours, theirs, policy })).toEqual({ patch, conflicts })
    const perField = { default: 'manual', fields: { state: policy } } as const
    expect(merge({ base, ours, theirs, policy: perField })).toEqual({ patch, conflicts })
  })
})

describe('groups', () => {
  const { groups, same } = copilotMapper()
  test('half of a priority is never sent', () => {
    const input = {
      base: { priority: '2', impact: '2', urgency: '1' },
      ours: { priority: '3', urgency: '2' },
      theirs: { priority: '1', impact: '1', urgency: '1' },
    }
    expect(merge({ ...input, policy: 'remote', groups }).patch).toEqual({})
    const won = merge({ ...input, policy: 'local', groups }).patch
    expect(won).toEqual({ priority: '3', impact: '2', urgency: '2' })
    expect(
      merge({ ...input, policy: { default: 'local', fields: { impact: 'manual' } }, groups }).patch,
    ).toEqual({})
  })
  test('closing notes do not go to an incident whose state we lost', () => {
    const result = merge({
      base: { state: '2', close_notes: '' },
      ours: { state: '6', close_notes: 'Done.' },
      theirs: { state: '3', close_notes: '' },
      policy: 'remote',
      groups,
    })
    expect(result.patch).toEqual({})
  })
  test('Closed here and Canceled there is no conflict', () => {
    const result = merge({
      base: { state: '2' },
      ours: { state: '7' },
      theirs: { state: '8' },
      policy: 'manual',
      same,
    })
    expect(result).toEqual({ patch: {}, conflicts: [] })
  })
})

const value = fc.constantFrom('', 'a', 'b')
const record = fc.record({ x: value, y: value, z: value })

test('every field is accounted for: sent, kept, equal or a conflict', () => {
  fc.assert(
    fc.property(
      record,
      record,
      record,
      fc.constantFrom('local', 'remote', 'manual' as const),
      (b, o, t, policy) => {
        const { patch, conflicts } = merge({ base: b, ours: o, theirs: t, policy })
        const result: Record<string, string> = { ...t, ...patch }
        for (const field of ['x', 'y', 'z'] as const) {
          const conflict = conflicts.find((each) => each.field === field)
          const expected = b[field] === t[field] ? o[field] : t[field]
          if (conflict === undefined) expect(result[field]).toBe(expected)
          else expect(new Set([b[field], o[field], t[field]]).size).toBe(3)
          if (conflict !== undefined) expect(result[field]).toBe(policy === 'local' ? o[field] : t[field])
        }
      },
    ),
  )
})

test('hostile names are ordinary names', () => {
  const hostile = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>
  const { patch } = merge({ base: {}, ours: hostile, theirs: {}, policy: 'local' })
  expect(Object.keys(patch)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(patch)).toBe(Object.prototype)
})
