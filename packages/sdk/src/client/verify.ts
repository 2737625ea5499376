/** Checks rows against the conditions of their query: an instance drops a condition it does not know, and sends all rows. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import { collate } from '../query/collation.ts'
import type { Condition, QueryNode } from '../query/conditions.ts'
import { matches } from '../query/evaluate.ts'

const simple: ReadonlySet<string> = new Set(['=', 'IN', '<', '<=', '>', '>='])

type Rows = readonly Readonly<Record<string, unknown>>[]

/** The columns that must be seen on the rows, so that their conditions can be checked. */
export function verifiedFields(where: QueryNode | null): string[] {
  return demanded(where).map(({ field }) => field)
}

/**
 * Throws UnexpectedResponseError (`shape`) for a row that contradicts a condition all rows must meet, and for a condition on a field that
 * no row shows. Only conditions joined by AND, on fields without dots, are looked at; their values where the operator is one of
 * `=`, `IN`, `<`, `<=`, `>`, `>=`, without scripts, and on the rows that show the field.
 */
export function verifyRows(rows: Rows, where: QueryNode | null, call: CallContext): void {
  if (rows.length === 0) return
  const conditions = demanded(where)
  const unseen = conditions.find(({ field }) => !rows.some((row) => Object.hasOwn(row, field)))
  if (unseen !== undefined)
    throw fault(`No row shows ${unseen.field}, on which there is a condition.`, unseen, call)
  const comparable = conditions.filter(({ operator, script }) => simple.has(operator) && script === undefined)
  for (const row of rows) {
    const raw = rawRow(row)
    const broken = comparable.find((each) => Object.hasOwn(raw, each.field) && !meets(each, raw))
    if (broken !== undefined) throw fault(`A row contradicts the condition on ${broken.field}.`, broken, call)
  }
}

function fault(message: string, { field, operator }: Condition, call: CallContext): UnexpectedResponseError {
  return new UnexpectedResponseError(message, 'shape', call, {
    hint: 'The instance may not know the field, or this user may not read or compare it: then it ignores the condition.',
    details: { field, operator },
  })
}

function demanded(node: QueryNode | null): Condition[] {
  if (node === null) return []
  if (node.kind === 'and') return node.terms.flatMap(demanded)
  return node.kind === 'condition' && !node.field.includes('.') ? [node] : []
}

/** Compared as a database does it; a boolean by its meaning, since an instance takes 1 for true. */
function meets(condition: Condition, raw: Readonly<Record<string, unknown>>): boolean {
  const actual = raw[condition.field]
  const logical = actual === 'true' || actual === 'false'
  const read = (text: string) => (logical ? (meanings[text] ?? collate(text)) : collate(text))
  const { value } = condition
  return matches({ ...condition, value: typeof value === 'string' ? read(value) : value.map(read) }, raw)
}

const meanings: Readonly<Record<string, string>> = { '1': 'true', '0': 'false' }

/** The row with the raw values of its cells; a cell that shows a display value alone is left out. */
function rawRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const raw: Record<string, unknown> = {}
  for (const [field, cell] of Object.entries(row)) {
    const value =
      typeof cell === 'object' && cell !== null ? ('value' in cell ? cell.value : undefined) : cell
    if (value !== undefined) raw[field] = typeof value === 'string' ? collate(value) : value
  }
  return raw
}
