/** Checks rows against the simple conditions of their query: an instance drops a condition it does not know, and sends all rows. */
import type { CallContext } from '../base/errors.ts'
import { UnexpectedResponseError } from '../base/errors.ts'
import type { Condition, QueryNode } from '../query/conditions.ts'
import { matches } from '../query/evaluate.ts'

const simple: ReadonlySet<string> = new Set(['=', 'IN', '<', '<=', '>', '>='])

/**
 * Throws UnexpectedResponseError (`shape`) for a row that contradicts a condition all rows must meet. Only conditions joined by AND, on
 * fields the rows hold raw, without dots and scripts, are checked.
 */
export function verifyRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  where: QueryNode | null,
  call: CallContext,
): void {
  const conditions = demanded(where)
  for (const row of rows) {
    const raw = rawRow(row)
    const broken = conditions.find(
      (condition) => Object.hasOwn(raw, condition.field) && !matches(condition, raw),
    )
    if (broken === undefined) continue
    throw new UnexpectedResponseError(`A row contradicts the condition on ${broken.field}.`, 'shape', call, {
      hint: 'The instance may not know the field, or this user may not read or compare it: then it ignores the condition.',
      details: { field: broken.field, operator: broken.operator },
    })
  }
}

function demanded(node: QueryNode | null): Condition[] {
  if (node === null) return []
  if (node.kind === 'and') return node.terms.flatMap(demanded)
  const checkable =
    node.kind === 'condition' &&
    simple.has(node.operator) &&
    node.script === undefined &&
    !node.field.includes('.')
  if (!checkable) return []
  const { value } = node
  return [{ ...node, value: typeof value === 'string' ? fold(value) : value.map(fold) }]
}

/** Databases compare by a collation: without regard to case, accents and spaces at the end. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').trimEnd()
}

/** The row with the raw values of its cells; a cell that shows a display value alone is left out. */
function rawRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const raw: Record<string, unknown> = {}
  for (const [field, cell] of Object.entries(row)) {
    const value =
      typeof cell === 'object' && cell !== null ? ('value' in cell ? cell.value : undefined) : cell
    if (value !== undefined) raw[field] = typeof value === 'string' ? fold(value) : value
  }
  return raw
}
