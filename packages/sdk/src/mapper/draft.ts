/** A record in the making: what the rules of one mapping have written so far, and what they had to say about it. */
import type { TableDefinition } from '../tables/define-table.ts'
import type { JournalEntries, MappingContext, MappingWarning, Unmapped } from './context.ts'
import { cutText } from './cut-text.ts'
import type { Members } from './path.ts'
import type { Layout, Parts } from './sections.ts'

/** What every rule of one mapper knows. */
export interface MapperShape {
  readonly table: TableDefinition
  readonly layouts: readonly Layout[]
  readonly journals: ReadonlySet<string>
}

/** The texts of a base record, once it has been checked that they are texts. */
export type TextRecord = Readonly<Record<string, string>>

export class Draft {
  readonly shape: MapperShape
  readonly ticket: Members
  readonly context: MappingContext
  /** The record a patch is made against; null while a new record is drafted, which then gets no empty values. */
  readonly base: TextRecord | null
  readonly fields: Record<string, string> = {}
  readonly journal: JournalEntries = {}
  readonly unmapped: Unmapped[] = []
  readonly warnings: MappingWarning[] = []
  /** Fields whose value is a default, not something the ticket says. */
  defaults: Set<string> | null = null
  private parts: Parts[] | null = null

  constructor(shape: MapperShape, ticket: Members, context: MappingContext, base: TextRecord | null) {
    this.shape = shape
    this.ticket = ticket
    this.context = context
    this.base = base
  }

  set(field: string, value: string): void {
    if (value === '' && this.base === null) return
    if (this.shape.journals.has(field)) this.journal[field] = value
    else this.fields[field] = value
  }

  setDefault(field: string, value: string): void {
    this.set(field, value)
    this.defaults ??= new Set()
    this.defaults.add(field)
  }

  warn(field: string, message: string): void {
    this.warnings.push({ field, message })
  }

  leaveOut(field: string, reason: string): void {
    this.unmapped.push({ field, reason })
  }

  setPart(layout: number, part: number, text: string): void {
    this.parts ??= []
    let parts = this.parts[layout]
    if (parts === undefined) {
      parts = []
      this.parts[layout] = parts
    }
    parts[part] = text
  }

  /** Puts sectioned fields together. A part the ticket does not speak of stays as the base has it. */
  compose(): void {
    if (this.parts === null) return
    for (const [index, layout] of this.shape.layouts.entries()) {
      const parts = this.parts[index]
      if (parts === undefined) continue
      parts[layout.body] ??= this.fields[layout.field]
      const before = this.base?.[layout.field]
      if (before !== undefined) fillGaps(parts, layout.parse(before))
      const text = layout.compose(parts)
      const cut = cutText(text, layout.maxLength)
      if (cut !== text)
        this.warn(layout.field, `cut at ${layout.maxLength} characters; the full text stays in the ticket`)
      this.set(layout.field, cut)
    }
  }
}

function fillGaps(parts: Parts, base: Readonly<Parts>): void {
  for (const [index, part] of base.entries()) parts[index] ??= part
}
