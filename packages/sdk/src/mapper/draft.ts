/** A record in the making: what the rules of one mapping have written so far, and what they had to say about it. */
import type { TableDefinition } from '../tables/define-table.ts'
import type { JournalEntries, MappingContext, MappingWarning, Unmapped } from './context.ts'
import { cutText } from './cut-text.ts'
import type { Slots, TicketView } from './path.ts'
import type { Layout, Parts } from './sections.ts'

/** What every rule of one mapper knows. */
export interface MapperShape {
  readonly table: TableDefinition
  readonly layouts: readonly Layout[]
  readonly journals: ReadonlySet<string>
  readonly slots: Slots
}

/** The texts of a base record, once it has been checked that they are texts. */
export type TextRecord = Readonly<Record<string, string>>

export class Draft {
  readonly shape: MapperShape
  readonly ticket: TicketView
  readonly context: MappingContext
  /** The record a patch is made against; null while a new record is drafted, which then gets no empty values. */
  readonly base: TextRecord | null
  readonly fields: Record<string, string> = {}
  readonly journal: JournalEntries = {}
  readonly unmapped: Unmapped[] = []
  readonly warnings: MappingWarning[] = []
  /** Fields whose value is a default, not something the ticket says; only kept for a patch. */
  defaults: string[] | null = null
  private parts: Parts[] | null = null

  constructor(shape: MapperShape, ticket: TicketView, context: MappingContext, base: TextRecord | null) {
    this.shape = shape
    this.ticket = ticket
    this.context = context
    this.base = base
  }

  set(field: string, value: string): void {
    if (value !== '' || this.base !== null) this.fields[field] = value
  }

  /** As `set`, for a field that may be a journal. */
  put(field: string, value: string): void {
    if (this.shape.journals.has(field)) this.note(field, value)
    else this.set(field, value)
  }

  /** Writes an entry of a journal. */
  note(field: string, text: string): void {
    if (text !== '') this.journal[field] = text
  }

  setDefault(field: string, value: string): void {
    this.put(field, value)
    // A new record takes a default like any other value.
    if (this.base === null) return
    this.defaults ??= []
    this.defaults.push(field)
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
    const { layouts } = this.shape
    for (let index = 0; index < layouts.length; index += 1) {
      const [layout, parts] = [layouts[index], this.parts[index]]
      if (layout !== undefined && parts !== undefined) this.composeField(layout, parts)
    }
  }

  private composeField(layout: Layout, parts: Parts): void {
    const { field, body, maxLength } = layout
    parts[body] ??= this.fields[field]
    const before = this.base?.[field]
    if (before !== undefined) fillGaps(parts, layout.parse(before))
    const text = layout.compose(parts)
    const cut = cutText(text, maxLength)
    if (cut !== text) this.warn(field, `cut at ${maxLength} characters; the full text stays in the ticket`)
    this.set(field, cut)
  }
}

function fillGaps(parts: Parts, base: Readonly<Parts>): void {
  for (const [index, part] of base.entries()) parts[index] ??= part
}
