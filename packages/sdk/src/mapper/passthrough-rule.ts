/** Passthrough: a customer's own fields (`u_*`) under the same name on both sides, unless another rule names them. */
import { stampFromMs } from '../base/values.ts'
import { type CompiledRule, describe, type Reading } from './compiled-rule.ts'
import type { Draft, MapperShape } from './draft.ts'
import { isCustomField } from './names.ts'
import { compilePath, type Members } from './path.ts'
import type { PassthroughRule } from './rules.ts'

export interface Passthrough {
  readonly rule: CompiledRule
  /** The custom fields a ticket speaks of. */
  fields(ticket: Members): readonly string[]
}

export function compilePassthrough(
  shape: MapperShape,
  name: string,
  { under }: PassthroughRule<string>,
  taken: { readonly fields: ReadonlySet<string>; readonly members: ReadonlySet<string> },
): Passthrough {
  const at = under === undefined ? null : compilePath(shape.table.name, under)
  const holder = (ticket: Members): Members => {
    if (at === null) return ticket
    const value = at.get(ticket)
    return typeof value === 'object' && value !== null ? (value as Members) : {}
  }
  const isFree = (field: string) =>
    field.startsWith('u_') &&
    isCustomField(field) &&
    !taken.fields.has(field) &&
    (at !== null || !taken.members.has(field))
  const fields = (ticket: Members) => Object.keys(holder(ticket)).filter(isFree)

  const rule: CompiledRule = {
    name,
    members: at === null ? [] : [at.member],
    writes: [],
    reads: [],
    write(draft) {
      const held = holder(draft.ticket)
      for (const field in held) {
        if (field.charCodeAt(0) === 117 && Object.hasOwn(held, field) && isFree(field))
          pass(draft, field, held[field])
      }
    },
    read({ record, ticket }: Reading) {
      for (const field in record) {
        if (field.charCodeAt(0) !== 117 || !Object.hasOwn(record, field) || !isFree(field)) continue
        if (at === null) ticket[field] = record[field]
        else at.set(ticket, { ...(at.get(ticket) as Members | undefined), [field]: record[field] })
      }
    },
    agrees: () => false,
  }
  return { rule, fields }
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
