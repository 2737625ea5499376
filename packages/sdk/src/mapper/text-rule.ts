/** Text rules: one text to one field, cut where the field is short, or a section of a field that holds several. */
import { fieldCodecs } from '../tables/fields.ts'
import { type CompiledRule, compileSource, readSetting } from './compiled-rule.ts'
import { cutText, equalTexts } from './cut-text.ts'
import type { MapperShape, TextRecord } from './draft.ts'
import type { TextRule } from './rules.ts'

/** The place of a part: which sectioned field, which part of it; null when the field has no sections. */
function partOf(shape: MapperShape, field: string, heading: string): { layout: number; part: number } | null {
  const layout = shape.layouts.findIndex((each) => each.field === field)
  const part = shape.layouts[layout]?.headings.indexOf(heading) ?? -1
  return part < 0 ? null : { layout, part }
}

export function compileText(shape: MapperShape, name: string, rule: TextRule<string, string>): CompiledRule {
  const { to, maxLength = Number.POSITIVE_INFINITY, overflow } = rule
  const source = compileSource(shape, rule.from, 'text')
  const own = partOf(shape, to, rule.section ?? '')
  const kept = overflow === undefined ? null : partOf(shape, overflow.to, overflow.heading)
  const limited = own === null && maxLength !== Number.POSITIVE_INFINITY

  const readPart = (record: TextRecord, at: NonNullable<typeof own>): string | undefined => {
    const layout = shape.layouts[at.layout]
    const text = layout === undefined ? undefined : record[layout.field]
    return text === undefined ? undefined : layout?.parse(text)[at.part]
  }
  const readText = (record: TextRecord): string | undefined => {
    if (own !== null) return readPart(record, own)
    return (kept !== null && record[to]?.endsWith('…') ? readPart(record, kept) : undefined) ?? record[to]
  }

  return {
    name,
    writes: overflow === undefined ? [to] : [to, overflow.to],
    reads: overflow === undefined ? [to] : [to, overflow.to],
    write(draft) {
      const text = source.text(draft.ticket)
      const preset = text || own !== null ? undefined : readSetting(draft.context, rule.setting)
      if (preset !== undefined) draft.setDefault(to, preset)
      if (text === undefined || preset !== undefined) return
      if (own !== null) {
        draft.setPart(own.layout, own.part, text)
        return
      }
      const cut = limited ? cutText(text, maxLength) : text
      draft.put(to, cut)
      if (kept !== null) draft.setPart(kept.layout, kept.part, cut === text ? '' : text)
      else if (cut !== text)
        draft.warn(to, `cut at ${maxLength} characters; the full text stays in the ticket`)
    },
    read(reading) {
      const text = readText(reading.record)
      if (text !== undefined) source.first.set(reading.ticket, decode(shape, to, text))
    },
    agrees(ticket, base) {
      const text = source.text(ticket)
      return text === undefined || equalTexts(text, readText(base) ?? '')
    },
    same: (_field, a, b) => equalTexts(a, b),
  }
}

/** Booleans and integers of the table come back as such; every other text as it is. */
function decode(shape: MapperShape, field: string, text: string): unknown {
  const kind = Object.hasOwn(shape.table.fields, field) ? shape.table.fields[field] : undefined
  if (kind !== 'boolean' && kind !== 'integer') return text
  return fieldCodecs[kind].decode(text) ?? text
}
