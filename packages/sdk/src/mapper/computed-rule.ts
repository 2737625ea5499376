/** Computed rules: fields and members by a function of the host, held to the names the rule declares. */
import { MappingError } from '../base/errors.ts'
import { type CompiledRule, textOf } from './compiled-rule.ts'
import type { MapperShape } from './draft.ts'
import { compilePath, type Members } from './path.ts'
import type { ComputedRule } from './rules.ts'

type AnyComputed = ComputedRule<Members, string, string>

export function compileComputed(shape: MapperShape, name: string, rule: AnyComputed): CompiledRule {
  const table = shape.table.name
  const paths = rule.from.map((path) => compilePath(table, path))
  const fields: ReadonlySet<string> = new Set(rule.to)
  const { toRecord, toTicket } = rule
  const place = (field: string) => ({ table, field, kind: 'computed' })

  return {
    name,
    members: [...new Set(paths.map((path) => path.member))],
    writes: toRecord === undefined ? [] : rule.to,
    reads: toTicket === undefined ? [] : rule.to,
    write(draft) {
      if (toRecord === undefined) return
      for (const [field, value] of Object.entries(toRecord(draft.ticket, draft.context))) {
        if (value === undefined) continue
        if (!fields.has(field) || typeof value !== 'string') {
          const fault = fields.has(field) ? 'is not a text' : 'is not named in `to`'
          throw new MappingError(`The rule ${name} gave ${field}, which ${fault}.`, place(field))
        }
        draft.set(field, value)
      }
    },
    read({ record, ticket }) {
      if (toTicket === undefined) return
      const given = toTicket(record)
      for (const path of paths) {
        const value = path.get(given)
        if (value !== undefined) path.set(ticket, value)
      }
    },
    agrees(ticket, base) {
      if (toTicket === undefined) return false
      const given = toTicket(base)
      return paths.every((path) => {
        const [ours, theirs] = [path.get(ticket), path.get(given)]
        if (ours === theirs || ours === undefined) return true
        if (typeof ours === 'object' && ours !== null) return JSON.stringify(ours) === JSON.stringify(theirs)
        return textOf(ours, place(path.path)) === (textOf(theirs, place(path.path)) ?? '')
      })
    },
  }
}
