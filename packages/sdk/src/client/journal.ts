/** Comments and work notes of one record: from the journal table, or read out of the display text where that table is closed. */
import { PermissionError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp } from '../base/values.ts'
import { readResult } from '../http/envelope.ts'
import type { Exchange } from '../http/exchange.ts'
import { readPage } from './page.ts'
import { checkSysId, recordUrl, tableUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

export type JournalField = 'comments' | 'work_notes'

export interface JournalOptions extends CallOptions {
  /** Default both. */
  fields?: readonly JournalField[]
  /** The newest so many entries; 1 to 1,000, default 100. */
  limit?: number
}

export interface JournalEntry {
  field: JournalField
  text: string
  /** A user name from the journal table; the full name from display text. */
  author: string
  /** Null from display text, which is written in the zone and format of the user who reads it. */
  at: UtcStamp | null
  /** The time as the display text shows it; null from the journal table. */
  shownAt: string | null
}

export interface JournalReading {
  /** Newest first. */
  entries: readonly JournalEntry[]
  /** `display_text` when the journal table gave nothing and the record's own text had to be read. */
  source: 'journal' | 'display_text'
}

const bothFields = ['comments', 'work_notes'] as const

/** Reads the journal. An empty or refused `sys_journal_field` may mean a missing right, so the display text is asked for then. */
export async function readJournal(
  exchange: Exchange,
  origin: string,
  table: string,
  sysId: string,
  { fields = bothFields, limit = 100, signal }: JournalOptions,
): Promise<JournalReading> {
  checkSysId(sysId)
  const call = signal === undefined ? {} : { signal }
  const structured = await readTable(exchange, origin, table, sysId, fields, limit, call).catch(
    (error: unknown) => {
      if (error instanceof PermissionError) return []
      throw error
    },
  )
  if (structured.length > 0) return { entries: structured, source: 'journal' }
  const url = recordUrl(origin, table, sysId)
  url.searchParams.set('sysparm_display_value', 'true')
  url.searchParams.set('sysparm_fields', fields.join(','))
  const { data } = await exchange.run({ method: 'GET', url, idempotent: true, ...call }, (accepted) =>
    readResult('record', accepted.body, accepted.call),
  )
  const shown = fields.flatMap((field) => parseJournalText(field, String(data[field] ?? '')))
  return shown.length === 0
    ? { entries: [], source: 'journal' }
    : { entries: shown.slice(0, limit), source: 'display_text' }
}

async function readTable(
  exchange: Exchange,
  origin: string,
  table: string,
  sysId: string,
  fields: readonly JournalField[],
  limit: number,
  call: CallOptions,
): Promise<JournalEntry[]> {
  const query = `name=${table}^element_id=${sysId}^elementIN${fields.join(',')}^ORDERBYDESCsys_created_on^ORDERBYsys_id`
  const { data } = await readPage(exchange, tableUrl(origin, 'sys_journal_field'), {
    query,
    limit,
    fields: ['sys_id', 'name', 'element', 'element_id', 'value', 'sys_created_on', 'sys_created_by'],
    noCount: true,
    ...call,
  })
  // Rows of another record mean that a condition was dropped: they are nobody's business here.
  return data.records.flatMap((row): JournalEntry[] => {
    const field = fields.find((name) => name === row.element)
    if (row.element_id !== sysId || field === undefined) return []
    const at = isUtcStamp(row.sys_created_on) ? row.sys_created_on : null
    return [
      { field, text: String(row.value ?? ''), author: String(row.sys_created_by ?? ''), at, shownAt: null },
    ]
  })
}

const heading = /^(\S.{4,40}?) - (.+) \(([^()\n]+)\)$/

/**
 * The entries of a journal field's display text, newest first as the instance writes them.
 *
 * Each entry begins with `time - Full Name (Label)`; a line of that form inside a text counts as a heading only behind an empty line,
 * with a digit in its time and with the label of the first heading.
 * Example: `parseJournalText('comments', '2026-01-01 10:00:00 - Abel Tuter (Additional comments)\nhello\n\n')` has one entry, `hello`.
 */
export function parseJournalText(field: JournalField, text: string): JournalEntry[] {
  const entries: { shownAt: string; author: string; lines: string[] }[] = []
  let label: string | undefined
  let before = ''
  for (const line of text.split(/\r?\n/)) {
    const [, shownAt = '', author = '', found] = heading.exec(line) ?? []
    const starts =
      found !== undefined && before.trim() === '' && /\d/.test(shownAt) && (label ?? found) === found
    if (starts) {
      label = found
      entries.push({ shownAt, author, lines: [] })
    } else {
      entries.at(-1)?.lines.push(line)
    }
    before = line
  }
  return entries.map(({ shownAt, author, lines }) => ({
    field,
    text: lines.join('\n').replace(/\n+$/, ''),
    author,
    at: null,
    shownAt,
  }))
}
