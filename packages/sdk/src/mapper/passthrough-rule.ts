/** Passthrough: a customer's own fields (`u_*`) under the same name on both sides, unless another rule names them. */
import { stampFromMs } from '../base/values.ts'
import { type CompiledRule, describe, type Reading } from './compiled-rule.ts'
import type { Draft, MapperShape } from './draft.ts'
import { isCustomField } from './names.ts'
import { compilePath, type Members, type TicketView } from './path.ts'
import type { PassthroughRule } from './rules.ts'

export interface Passthrough {
  readonly rule: CompiledRule
  /** True for a member of the ticket itself that is passed on, or said to be none that can be. */
  carries(member: string): boolean
  /** The custom fields a ticket speaks of. */
  fields(ticket: TicketView): readonly string[]
}

export function compilePassthrough(
  shape: MapperShape,
  name: string,
  { under }: PassthroughRule<string>,
  taken: ReadonlySet<string>,
): Passthrough {
  const at = under === undefined ? null : compilePath(shape.table.name, under, shape.slots)
  const isFree = (field: string) => field.startsWith('u_') && isCustomField(field) && !taken.has(field)
  const holder = (view: TicketView): Members => {
    const value = at === null ? view.ticket : at.get(view)
    return typeof value === 'object' && value !== null ? (value as Members) : {}
  }
  const fields = (view: TicketView) =>
    (at === null ? view.extras : Object.keys(holder(view))).filter((field) => isFree(field))

  const rule: CompiledRule = {
    name,
    writes: [],
    reads: [],
    write(draft) {
      if (at === null && draft.ticket.extras.length === 0) return
      const held = holder(draft.ticket)
      for (const field of fields(draft.ticket)) pass(draft, field, held[field])
    },
    read({ record, ticket }: Reading) {
      for (const field in record) {
        if (!field.startsWith('u_') || !isFree(field)) continue
        if (at === null) ticket[field] = record[field]
        else at.set(ticket, { ...(at.getFrom(ticket) as Members | undefined), [field]: record[field] })
      }
    },
    agrees: () => false,
  }
  return { rule, carries: (member) => at === null && isFree(member), fields }
}

function pass(draft: Draft, field: string, value: unknown): void {
  if (value === undefined) return
  const text = wireText(value)
  if (text === null) draft.leaveOut(field, `${describe(value)} cannot be passed on as a text`)
  else draft.set(field, text)
}

function wireText(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : stampFromMs(value.getTime())
  return typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value)
    ? String(value)
    : null
}
