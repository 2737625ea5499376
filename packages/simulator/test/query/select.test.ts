/** The planner must give what a plain scan gives: random tables, random queries, both asked, both compared. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDatabase } from '../../src/database.ts'
import { compileQuery } from '../../src/query/compile.ts'
import { select, selectByScan } from '../../src/query/select.ts'
import { createRandom } from '../../src/random.ts'
import type { Row } from '../../src/table-store.ts'

const SEED = 20_261_122
const asker = { nowMs: Date.UTC(2026, 0, 1), zone: 'UTC', userId: 'u', userName: 'admin' }

/** Few stamps and short ids, so that ties, empty values and equal prefixes are common. */
const stamp = fc.constantFrom(
  '',
  '2026-01-01 00:00:00',
  '2026-01-01 00:00:01',
  '2026-01-01 00:00:02',
  '2026-01-02 00:00:00',
)
const id = fc.stringMatching(/^[0-3a-cA]{1,4}$/)
const row = fc.record({
  sys_id: id,
  sys_updated_on: stamp,
  number: fc.constantFrom('INC1', 'inc1', 'INC2', ''),
  state: fc.constantFrom('1', '2', '10', '-100', ''),
  short_description: fc.constantFrom('Printer', 'printer jam', 'VPN', ''),
  correlation_id: fc.constantFrom('', 'k1', 'K1'),
})

const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')
const literal = fc.constantFrom(
  '2026-01-01 00:00:00',
  '2026-01-01 00:00:01',
  '2026-01-01',
  '2026-01-02 00:00:00',
  'nonsense',
)
const term = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(comparison, literal).map(([op, at]) => `sys_updated_on${op}${at}`) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.oneof(comparison, fc.constant('STARTSWITH')), id)
      .map(([op, to]) => `sys_id${op}${to}`),
  },
  {
    weight: 1,
    arbitrary: fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => `sys_idIN${ids.join(',')}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(comparison, fc.constantFrom('1', '2', '10')).map(([op, to]) => `state${op}${to}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'number=INC1',
      'correlation_id=k1',
      'short_descriptionLIKEprint',
      'stateISEMPTY',
      'ghost=1',
      'state~1',
    ),
  },
)
const order = fc.constantFrom(
  '',
  '^ORDERBYsys_updated_on^ORDERBYsys_id',
  '^ORDERBYDESCsys_updated_on^ORDERBYDESCsys_id',
  '^ORDERBYsys_updated_on^ORDERBYDESCsys_id',
  '^ORDERBYsys_updated_on',
  '^ORDERBYDESCsys_updated_on',
  '^ORDERBYsys_id',
  '^ORDERBYDESCsys_id',
  '^ORDERBYstate^ORDERBYsys_id',
  '^ORDERBYghost^ORDERBYsys_id',
)
const query = fc
  .tuple(fc.array(fc.tuple(fc.constantFrom('^', '^', '^', '^OR', '^NQ'), term), { maxLength: 4 }), order)
  .map(([terms, by]) => terms.map(([join, text]) => join + text).join('') + by)

const ids = (rows: readonly Row[]) => rows.map((each) => each.id)
const sorted = (rows: readonly Row[]) => ids(rows).sort()

test.each([false, true])(
  `the planner agrees with the scan, case-sensitive %s (seed ${SEED})`,
  (caseSensitive) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { maxLength: 25, selector: (each) => each.sys_id }),
        query,
        fc.nat(12),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        (rows, text, offset, limit, dice) => {
          const database = createDatabase([], caseSensitive)
          const table = database.need('incident')
          for (const each of rows) table.insert(each)
          for (const each of rows.slice(0, 3)) {
            const held = table.find(each.sys_id)
            if (held) table.update(held, { sys_updated_on: '2026-01-01 00:00:01', correlation_id: 'k1' })
          }
          const compiled = compileQuery(text, { database, table, asker })
          const all = { offset: 0, limit: 100 }
          const planned = select(compiled, all, createRandom(dice))
          const scanned = selectByScan(compiled, all, createRandom(dice))
          expect(planned.total).toBe(scanned.total)
          expect(sorted(planned.rows)).toEqual(sorted(scanned.rows))
          const keys = (found: readonly Row[]) =>
            found.map((each) => compiled.order.map(({ path }) => database.fold(path.read(each))))
          // Ties may fall as they like; the keys of the order may not.
          expect(keys(planned.rows)).toEqual(keys(scanned.rows))
          const page = select(compiled, { offset, limit }, createRandom(dice))
          expect(page.total).toBe(scanned.total)
          expect(keys(page.rows)).toEqual(keys(scanned.rows).slice(offset, offset + limit))
          expect(new Set(ids(page.rows)).size).toBe(page.rows.length)
          if (compiled.order.some(({ name }) => name === 'sys_id') && caseSensitive) {
            expect(ids(page.rows)).toEqual(ids(scanned.rows).slice(offset, offset + limit))
          }
        },
      ),
      { seed: SEED, numRuns: 3000 },
    )
  },
)

test('10,000 rows: a window in the index is found without touching the rest', () => {
  const database = createDatabase([], false)
  const table = database.need('incident')
  for (let at = 0; at < 10_000; at++) {
    const second = new Date(Date.UTC(2026, 0, 1) + Math.floor(at / 3) * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
    table.insert({ sys_id: String(at).padStart(32, '0'), sys_updated_on: second })
  }
  let read = 0
  const rows = () => {
    read++
    return table.rows()
  }
  const watched = { ...table, rows }
  const text =
    'sys_updated_on>=2026-01-01 00:10:00^sys_updated_on<=2026-01-01 00:20:00^ORDERBYsys_updated_on^ORDERBYsys_id'
  const compiled = compileQuery(text, { database, table: watched, asker })
  const page = select(compiled, { offset: 0, limit: 1000 }, createRandom(1))
  expect(page).toMatchObject({ total: 1803 })
  expect(page.rows[0]?.id).toBe(String(1800).padStart(32, '0'))
  expect(page.rows).toHaveLength(1000)
  expect(read).toBe(0)
})
