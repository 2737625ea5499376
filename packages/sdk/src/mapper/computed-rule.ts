/** Computed rules: fields and members by a function of the host, held to the names the rule declares. */
import { MappingError } from '../base/errors.ts'
import { type CompiledRule, textOf } from './compiled-rule.ts'
import type { MapperShape } from './draft.ts'
import { compilePath, type Members } from './path.ts'
import type { ComputedRule } from './rules.ts'

type AnyComputed = ComputedRule<Members, string, string>

export function compileComputed(shape: MapperShape, name: string, rule: AnyComputed): CompiledRule {
  const table = shape.table.name
  const paths = rule.from.map((path) => compilePath(table, path, shape.slots))
  const journals = new Map(rule.to.map((field) => [field, shape.journals.has(field)]))
  const { toRecord, toTicket } = rule
  const place = (field: string) => ({ table, field, kind: 'computed' })

  return {
    name,
    writes: toRecord === undefined ? [] : rule.to,
    reads: toTicket === undefined ? [] : rule.to,
    write(draft) {
      if (toRecord === undefined) return
      const given = toRecord(draft.ticket.ticket, draft.context)
      for (const field in given) {
        const value: unknown = given[field]
        if (value === undefined) continue
        const journal = journals.get(field)
        if (typeof value !== 'string' || journal === undefined) {
          const fault = journal !== undefined ? 'is not a text' : 'is not named in `to`'
          throw new MappingError(`The rule ${name} gave ${field}, which ${fault}.`, place(field))
        }
        if (journal) draft.note(field, value)
        else draft.set(field, value)
      }
    },
    read({ record, ticket }) {
      if (toTicket === undefined) return
      const given = toTicket(record)
      for (const path of paths) {
        const value = path.getFrom(given)
        if (value !== undefined) path.set(ticket, value)
      }
    },
    agrees(ticket, base) {
      if (toTicket === undefined) return false
      const given = toTicket(base)
      return paths.every((path) => {
        const [ours, theirs] = [path.get(ticket), path.getFrom(given)]
        if (ours === theirs || ours === undefined) return true
        if (typeof ours === 'object' && ours !== null) return JSON.stringify(ours) === JSON.stringify(theirs)
        return textOf(ours, place(path.path)) === (textOf(theirs, place(path.path)) ?? '')
      })
    },
  }
}
