/** Comments and work notes of one record: from the journal table, or read out of the display text where that table is closed. */
import { PermissionError, QueryError } from '../base/errors.ts'
import type { UtcStamp } from '../base/values.ts'
import { isUtcStamp } from '../base/values.ts'
import { readResult } from '../http/envelope.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { readPage } from './page.ts'
import { checkSysId, recordUrl, tableUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** The two journals of a task: what its caller sees, and what only agents see. */
export type JournalField = 'comments' | 'work_notes'

/** Which entries are read. Example: `{ fields: ['work_notes'], limit: 10 }`. */
export interface JournalOptions extends CallOptions {
  /** Default both. */
  fields?: readonly JournalField[]
  /** The newest so many entries; 1 to 1,000, default 100. */
  limit?: number
}

/** One comment or work note. */
export interface JournalEntry {
  field: JournalField
  /** As it was written, without the heading an instance puts above it. */
  text: string
  /** A user name from the journal table; the full name from display text. */
  author: string
  /** In UTC. Null from display text, which is written in the zone and format of the user who reads it. */
  at: UtcStamp | null
  /** The time as the display text shows it; null from the journal table. */
  shownAt: string | null
}

/** What a journal came to. Example: `{ source: 'journal', entries: [{ field: 'comments', text: 'Done', author: 'admin', at: '2026-01-02 03:04:05', shownAt: null }] }`. */
export interface JournalReading {
  /** Newest first. */
  entries: readonly JournalEntry[]
  /** `display_text` when the journal table gave nothing and the record's own text had to be read. */
  source: 'journal' | 'display_text'
}

const bothFields = ['comments', 'work_notes'] as const

const maxEntries = 1000

/**
 * Reads the journal. An empty or refused `sys_journal_field` may mean a missing right, so the display text is asked for then; the answer
 * is that of the last request.
 */
export async function readJournal(
  exchange: Exchange,
  origin: string,
  table: string,
  sysId: string,
  options: JournalOptions,
): Promise<Completed<JournalReading>> {
  const { fields, limit, call } = checkOptions(sysId, options)
  const structured = await readTable(exchange, origin, table, sysId, fields, limit, call).catch(
    (error: unknown) => {
      if (error instanceof PermissionError) return null
      throw error
    },
  )
  if (structured !== null && structured.data.length > 0) {
    return { ...structured, data: { entries: structured.data, source: 'journal' } }
  }
  const url = recordUrl(origin, table, sysId)
  url.searchParams.set('sysparm_display_value', 'true')
  url.searchParams.set('sysparm_fields', fields.join(','))
  const completed = await exchange.run({ method: 'GET', url, idempotent: true, ...call }, (accepted) =>
    readResult('record', accepted.body, accepted.call),
  )
  const shown = fields.flatMap((field) => parseJournalText(field, String(completed.data[field] ?? '')))
  const data: JournalReading =
    shown.length === 0
      ? { entries: [], source: 'journal' }
      : { entries: shown.slice(0, limit), source: 'display_text' }
  return { ...completed, data }
}

function checkOptions(sysId: string, { fields = bothFields, limit = 100, signal }: JournalOptions) {
  checkSysId(sysId)
  if (fields.length === 0 || !fields.every((field) => bothFields.includes(field))) {
    throw new QueryError('A journal has the fields comments and work_notes.', {
      hint: 'Name one of them or both, or leave fields out for both.',
    })
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > maxEntries) {
    throw new QueryError(`The limit of a journal must be a whole number from 1 to ${maxEntries}.`, {
      hint: 'Correct limit, or leave it out for the newest 100 entries.',
    })
  }
  return { fields, limit, call: signal === undefined ? {} : { signal } }
}

async function readTable(
  exchange: Exchange,
  origin: string,
  table: string,
  sysId: string,
  fields: readonly JournalField[],
  limit: number,
  call: CallOptions,
): Promise<Completed<JournalEntry[]>> {
  const query = `name=${table}^element_id=${sysId}^elementIN${fields.join(',')}^ORDERBYDESCsys_created_on^ORDERBYsys_id`
  const completed = await readPage(exchange, tableUrl(origin, 'sys_journal_field'), {
    query,
    limit,
    fields: ['sys_id', 'name', 'element', 'element_id', 'value', 'sys_created_on', 'sys_created_by'],
    noCount: true,
    ...call,
  })
  // Rows of another record mean that a condition was dropped: they are nobody's business here.
  const entries = completed.data.records.flatMap((row): JournalEntry[] => {
    const field = fields.find((name) => name === row.element)
    if (row.element_id !== sysId || field === undefined) return []
    const at = isUtcStamp(row.sys_created_on) ? row.sys_created_on : null
    return [
      { field, text: String(row.value ?? ''), author: String(row.sys_created_by ?? ''), at, shownAt: null },
    ]
  })
  return { ...completed, data: entries }
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
