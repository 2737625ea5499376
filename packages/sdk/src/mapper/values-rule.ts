/** Values rules: words of the ticket to codes of the record and back; what is in no table passes as it is. */
import { MappingError } from '../base/errors.ts'
import { findChoice } from './choices.ts'
import { type CompiledRule, compileSource, readSetting } from './compiled-rule.ts'
import type { Draft, MapperShape } from './draft.ts'
import { ownEntries } from './names.ts'
import type { ValuesRule } from './rules.ts'

interface Codes {
  readonly toCodes: ReadonlyMap<string, readonly string[]>
  readonly toWord: ReadonlyMap<string, string>
}

function compileTable(
  shape: MapperShape,
  rule: ValuesRule<string, string>,
  fields: readonly string[],
): Codes {
  const table = shape.table.name
  const toCodes = new Map<string, readonly string[]>()
  const toWord = new Map<string, string>()
  for (const [word, given] of ownEntries(
    table,
    `The value table of ${fields.join(', ')}`,
    rule.table ?? {},
  )) {
    const codes = typeof given === 'string' ? [given] : given
    const [first] = codes
    if (first === undefined || codes.length !== fields.length) {
      throw new MappingError(
        `${JSON.stringify(word)} needs ${fields.length} codes, one for each of ${fields.join(', ')}.`,
        { table, field: fields[0] ?? '', kind: 'values' },
      )
    }
    toCodes.set(word, codes)
    if (!toWord.has(first)) toWord.set(first, word)
  }
  for (const [code, word] of ownEntries(table, `The read table of ${fields.join(', ')}`, rule.reads ?? {})) {
    toWord.set(code, word)
  }
  return { toCodes, toWord }
}

export function compileValues(
  shape: MapperShape,
  name: string,
  rule: ValuesRule<string, string>,
): CompiledRule {
  const fields = typeof rule.to === 'string' ? [rule.to] : rule.to
  const [main = ''] = fields
  const source = compileSource(shape, rule.from, 'values')
  const { toCodes, toWord } = compileTable(shape, rule, fields)
  const replaced = `the value is no choice of the instance; ${JSON.stringify(rule.fallback)} is sent instead`
  const wordOf = (code: string) => toWord.get(code) ?? code

  return {
    name,
    writes: fields,
    reads: fields,
    write(draft) {
      const word = source.text(draft.ticket)
      if (!word) {
        writeDefault(draft, rule, main)
        return
      }
      const codes = toCodes.get(word)
      if (codes === undefined && toCodes.size > 0) {
        draft.warn(main, `${source.first.path} has a word that is not in the value table; sent as it is`)
      }
      const code = codes?.[0] ?? word
      const sent = rule.choices ? checked(draft, rule, main, code, replaced) : code
      if (sent !== null) draft.set(main, sent)
      if (codes === undefined) return
      for (let index = 1; index < fields.length; index += 1)
        draft.set(fields[index] ?? '', codes[index] ?? '')
    },
    read({ record, ticket, warnings }) {
      const code = record[main]
      if (!code) return
      const word = toWord.get(code)
      if (word === undefined && toWord.size > 0) {
        warnings.push({ field: main, message: 'has a code that is not in the value table; kept as it is' })
      }
      source.first.set(ticket, word ?? code)
    },
    agrees(ticket, base) {
      const word = source.text(ticket)
      const code = base[main]
      return !word || (code !== undefined && wordOf(code) === word)
    },
    same: (field, a, b) => (field === main ? wordOf(a) === wordOf(b) : a === b),
  }
}

/** The value to send; null when it was left out or replaced. */
function checked(
  draft: Draft,
  rule: ValuesRule<string, string>,
  field: string,
  code: string,
  replaced: string,
): string | null {
  const choice = findChoice(code, field, draft.context)
  if (choice === undefined) {
    draft.warn(field, 'sent as it is: the choices of the instance could not be read')
    return code
  }
  if (choice !== null) return choice
  if (rule.fallback === undefined) {
    draft.leaveOut(field, 'the value is no choice of the instance, which would drop it in silence')
    return null
  }
  draft.warn(field, replaced)
  draft.setDefault(field, rule.fallback)
  return null
}

function writeDefault(draft: Draft, rule: ValuesRule<string, string>, field: string): void {
  const preset = readSetting(draft.context, rule.setting)
  const value = preset ?? rule.fallback
  if (value === undefined) return
  const choice = rule.choices ? findChoice(value, field, draft.context) : undefined
  if (choice === null && rule.fallback === undefined) {
    draft.leaveOut(field, `the setting ${rule.setting} is no choice of the instance`)
    return
  }
  if (choice === null) draft.warn(field, 'the default is no choice of the instance; sent as it is')
  draft.setDefault(field, choice ?? value)
}
