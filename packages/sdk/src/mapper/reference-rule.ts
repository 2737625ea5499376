/** Reference rules: a record of another table by one of its fields; the look-up itself is the caller's. */
import { type CompiledRule, compileSource, readSetting, sysIdCheck } from './compiled-rule.ts'
import type { LookupRequest } from './context.ts'
import type { Draft, MapperShape, TextRecord } from './draft.ts'
import { assertField } from './names.ts'
import type { TicketView } from './path.ts'
import type { ReferenceRule } from './rules.ts'

type SysIdCheck = ReturnType<typeof sysIdCheck>

export function compileReference(
  shape: MapperShape,
  name: string,
  rule: ReferenceRule<string, string>,
): CompiledRule {
  const { to, table, by } = rule
  assertField(table, by, 'read')
  const source = compileSource(shape, rule.from, 'reference')
  const value = (ticket: TicketView) => source.text(ticket)?.trim()
  const isSysId = sysIdCheck()
  const far = `${to}.${by}`

  const request = (ticket: TicketView): LookupRequest | null => {
    const wanted = value(ticket)
    return wanted ? { rule: name, table, by, value: wanted, where: rule.where ?? {} } : null
  }

  /** Also when the ticket names nobody: a patch leaves such a reference alone. */
  const agrees = (ticket: TicketView, base: TextRecord): boolean => {
    const wanted = value(ticket)
    return !wanted || base[far]?.trim().toLowerCase() === wanted.toLowerCase()
  }

  return {
    name,
    writes: [to],
    reads: [to, far],
    write(draft) {
      if (draft.base !== null && agrees(draft.ticket, draft.base)) return
      const wanted = value(draft.ticket)
      const found = wanted
        ? resolve(draft, rule, wanted, isSysId)
        : { reason: `${source.first.path} is empty` }
      if ('sysId' in found) draft.set(to, found.sysId)
      else if (wanted || rule.setting !== undefined) writeDefault(draft, rule, found.reason, isSysId)
      if (wanted && draft.fields[to] === undefined)
        draft.leaveOut(source.first.path, 'it names no single record')
    },
    read({ record, ticket }) {
      const text = record[far]
      if (text) source.first.set(ticket, text)
    },
    agrees,
    needs: request,
  }
}

function resolve(
  draft: Draft,
  { table, by }: ReferenceRule<string, string>,
  wanted: string,
  isSysId: SysIdCheck,
): { sysId: string } | { reason: string } {
  const answer = draft.context.lookups?.find(
    (each) => each.table === table && each.by === by && each.value === wanted,
  )
  if (answer === undefined) return { reason: `it was not looked up in ${table}` }
  if (answer.found === 'refused') return { reason: `the instance refused to look it up in ${table}` }
  const [first] = answer.found
  if (first === undefined) return { reason: `no ${table} record has this ${by}` }
  if (answer.found.length > 1) return { reason: `more than one ${table} record has this ${by}` }
  return isSysId(first) ? { sysId: first } : { reason: 'the look-up gave no sys_id' }
}

function writeDefault(
  draft: Draft,
  { to, setting }: ReferenceRule<string, string>,
  reason: string,
  isSysId: SysIdCheck,
): void {
  const preset = readSetting(draft.context, setting)
  if (isSysId(preset)) draft.setDefault(to, preset)
  else {
    const why = preset === undefined ? 'there is no default' : `the setting ${setting} is no sys_id`
    draft.warn(to, `left out: ${reason}, and ${why}`)
  }
}
