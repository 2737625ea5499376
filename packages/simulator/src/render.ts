/** Writes rows as JSON in the shapes of the Table API: raw, display and both, with and without reference links. */
import { type ByteSink, quote } from './byte-sink.ts'
import { type Database, type Path, resolvePath } from './database.ts'
import type { FieldDefinition } from './dictionary.ts'
import { displayDate, displayStamp, parseStamp } from './stamp.ts'
import type { Row, TableStore } from './table-store.ts'

/** What a request says about the shape of its answer, and for whom it is written. */
export interface RenderOptions {
  /** `sysparm_display_value`. */
  readonly display: 'false' | 'true' | 'all'
  /** `sysparm_exclude_reference_link`. */
  readonly excludeLinks: boolean
  /** `sysparm_fields`; `undefined` for all columns. */
  readonly fields: readonly string[] | undefined
  /** Everything before the table name in a reference link, such as `https://host/api/now/table`. */
  readonly linkBase: string
  readonly zone: string
  readonly dateFormat: string
  /** Whether the caller may read what lies at the end of a path; what it may not is left out of the answer. */
  readonly readable: (path: Path) => boolean
}

function displayDuration(raw: string): string {
  const ms = parseStamp(raw)
  if (ms === undefined) return raw
  const minutes = Math.floor(ms / 60_000)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(minutes / 1440), 'Day'],
    [Math.floor((minutes % 1440) / 60), 'Hour'],
    [minutes % 60, 'Minute'],
  ]
  const shown = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return shown.length > 0 ? shown.join(' ') : `${Math.floor(ms / 1000)} Seconds`
}

/** The journals that a column shows, with the labels its table gives them; those the caller may not read are not among them. */
function journalLabels(
  database: Database,
  table: TableStore,
  name: string,
  { readable }: RenderOptions,
): ReadonlyMap<string, string> {
  const before = name.slice(0, name.lastIndexOf('.') + 1)
  const own = name.slice(before.length)
  const elements = own === 'comments_and_work_notes' ? ['comments', 'work_notes'] : [own]
  const labels = new Map<string, string>()
  for (const element of elements) {
    const path = resolvePath(database, table, before + element)
    if (path && readable(path)) labels.set(element, path.field.label)
  }
  return labels
}

/** The journal text of a record as people see it: newest first, each entry with its time, author and label. */
function journalText(
  database: Database,
  id: string,
  labels: ReadonlyMap<string, string>,
  { zone, dateFormat }: RenderOptions,
): string {
  const journal = database.need('sys_journal_field')
  const entries = (journal.lookup('element_id', id) ?? [])
    .filter((row) => labels.has(journal.read(row, 'element')))
    .map((row) => ({ row, on: journal.read(row, 'sys_created_on') }))
    // Entries of one second keep the order in which they were written, the later one on top.
    .reverse()
    .sort((a, b) => (a.on < b.on ? 1 : a.on > b.on ? -1 : 0))
  return entries
    .map(({ row, on }) => {
      const by = journal.read(row, 'sys_created_by')
      const users = database.need('sys_user')
      const author = users.lookup('user_name', by)?.[0]
      const name = author ? users.read(author, 'name') : by
      const label = labels.get(journal.read(row, 'element'))
      return `${displayStamp(on, zone, dateFormat)} - ${name} (${label})\n${journal.read(row, 'value')}\n\n`
    })
    .join('')
}

/** A whole number with its thousands apart; any other text as it is. */
function grouped(value: string): string {
  if (!/^-?\d+$/.test(value)) return value
  const sign = value.startsWith('-') ? '-' : ''
  const digits = value.slice(sign.length)
  const first = digits.length % 3 || 3
  const parts = [digits.slice(0, first)]
  for (let at = first; at < digits.length; at += 3) parts.push(digits.slice(at, at + 3))
  return sign + parts.join(',')
}

function choiceLabel(field: FieldDefinition, value: string): string {
  return field.choices?.find((choice) => choice.value === value)?.label ?? value
}

/** The display value of one raw value; journal columns are not asked here. */
export function displayValue(
  database: Database,
  field: FieldDefinition,
  value: string,
  options: Pick<RenderOptions, 'zone' | 'dateFormat'>,
): string {
  if (value === '') return ''
  if (field.reference !== undefined) return database.displayOf(field.reference, value, field.referenceKey)
  if (field.choices) return choiceLabel(field, value)
  if (field.kind === 'date-time') return displayStamp(value, options.zone, options.dateFormat)
  if (field.kind === 'date') return displayDate(value, options.dateFormat)
  if (field.kind === 'duration') return displayDuration(value)
  if (field.kind === 'integer') return grouped(value)
  return field.kind === 'class' ? (database.table(value)?.definition.label ?? value) : value
}

/** The link of a reference but for its value: by sys_id in the path, by another column as a query. */
function linkTo({ reference, referenceKey }: FieldDefinition, { linkBase }: RenderOptions): string {
  const table = `${linkBase}/${reference}`
  return referenceKey === undefined ? `${table}/` : `${table}?${referenceKey}=`
}

type Writer = (row: Row) => string

function rawWriter(path: Path, options: RenderOptions): Writer {
  const { reference, kind } = path.field
  if (kind === 'journal') return () => '""'
  if (reference === undefined || options.excludeLinks) return (row) => quote(path.read(row))
  const before = `{"link":${quote(linkTo(path.field, options)).slice(0, -1)}`
  return (row) => {
    const value = path.read(row)
    return value === '' ? '""' : `${before}${quote(value).slice(1, -1)}","value":${quote(value)}}`
  }
}

/** What people see of a column. */
function displayOf(
  database: Database,
  table: TableStore,
  name: string,
  path: Path,
  options: RenderOptions,
): Writer {
  const { field } = path
  if (field.kind !== 'journal') return (row) => displayValue(database, field, path.read(row), options)
  const labels = journalLabels(database, table, name, options)
  return (row) => {
    const owner = path.follow(row)
    return owner ? journalText(database, owner.id, labels, options) : ''
  }
}

function shownWriter(path: Path, display: Writer, options: RenderOptions): Writer {
  const { field } = path
  const both = options.display === 'all'
  return (row) => {
    const value = field.kind === 'journal' ? '' : path.read(row)
    const shown = display(row)
    const link =
      field.reference !== undefined && value !== '' && !options.excludeLinks
        ? `,"link":${quote(linkTo(field, options) + value)}`
        : ''
    if (both) return `{"display_value":${quote(shown)}${link},"value":${quote(value)}}`
    return link === '' ? quote(shown) : `{"display_value":${quote(shown)}${link}}`
  }
}

/** How one column of an answer is written. */
interface Cell {
  readonly key: string
  /** Where the value lies when it is written as it is, between `open` and `close`; -1 for one that is always empty. */
  readonly plainAt: number | undefined
  /** What stands before and after a value that is written as it is. */
  readonly open: string
  readonly close: string
  /** Whether the value is written twice: in its link and by itself. */
  readonly linked: boolean
  readonly write: Writer
}

const LINK_AND_VALUE = new TextEncoder().encode('","value":"')

function cellFor(
  database: Database,
  table: TableStore,
  name: string,
  path: Path,
  options: RenderOptions,
): Cell {
  const { kind, reference } = path.field
  const raw = options.display === 'false'
  const at = raw ? (kind === 'journal' ? -1 : table.column(name)) : undefined
  const linked = at !== undefined && reference !== undefined && !options.excludeLinks
  return {
    key: quote(name),
    plainAt: at,
    linked,
    open: linked ? `{"link":${quote(linkTo(path.field, options)).slice(0, -1)}` : at === undefined ? '' : '"',
    close: linked ? '"}' : at === undefined ? '' : '"',
    write: raw
      ? rawWriter(path, options)
      : shownWriter(path, displayOf(database, table, name, path, options), options),
  }
}

/** The text between the value of cell `from` and that of cell `to`, with all cells between them empty. */
function between(cells: readonly Cell[], from: number, to: number): string {
  let text = from < 0 ? '{' : `${cells[from]?.close},`
  for (let at = from + 1; at < to; at++) text += `${cells[at]?.key}:"",`
  if (to === cells.length) return `${text.slice(0, -1)}}`
  return `${text}${cells[to]?.key}:${cells[to]?.open}`
}

const encoder = new TextEncoder()

/** Texts between cells by the shape of the answer; a client asks for few shapes, many times. */
const shapes = new Map<string, (Uint8Array | undefined)[]>()
const MOST_SHAPES = 50
const MOST_GAPS = 100_000

function gapsOf(cells: readonly Cell[]): (Uint8Array | undefined)[] {
  const shape = cells.map(({ key, open }) => key + open).join()
  const known = shapes.get(shape)
  if (known) return known
  const size = (cells.length + 1) ** 2
  // A client may name thousands of dot-walks: most of their gaps are never asked for.
  const gaps: (Uint8Array | undefined)[] = size > MOST_GAPS ? [] : new Array(size).fill(undefined)
  if (shapes.size >= MOST_SHAPES) shapes.clear()
  shapes.set(shape, gaps)
  return gaps
}

/**
 * Joins cells to a record. A page of 1,000 records has 92,000 cells, most of them empty, so the text between two
 * filled ones is made once and kept as bytes.
 */
function joinCells(table: TableStore, cells: readonly Cell[]): RecordWriter {
  const size = cells.length
  const gaps = gapsOf(cells)
  const gap = (from: number, to: number): Uint8Array => {
    const place = (from + 1) * (size + 1) + to
    const known = gaps[place]
    if (known !== undefined) return known
    const made = encoder.encode(between(cells, from, to))
    gaps[place] = made
    return made
  }
  return (row, sink) => {
    const { values } = row
    // A lazy row would be made again by each cell that follows a reference.
    const held = row.content === values ? row : table.draft(row.id, values, row.when)
    let last = -1
    for (let at = 0; at < size; at++) {
      const { plainAt, linked, write } = cells[at] as Cell
      if (plainAt === undefined) {
        sink.raw(gap(last, at))
        sink.text(write(held))
      } else {
        const value = values[plainAt]
        if (!value) continue
        sink.raw(gap(last, at))
        if (linked) {
          sink.json(value)
          sink.raw(LINK_AND_VALUE)
        }
        sink.json(value)
      }
      last = at
    }
    sink.raw(gap(last, size))
  }
}

/** Writes one record as JSON. */
export type RecordWriter = (row: Row, sink: ByteSink) => void

/**
 * Prepares a writer for rows of one table. Names in `fields` that do not exist are ignored, as the instance does;
 * a name with dots comes back as one flat key.
 *
 * @example createRenderer(database, table, options)(row, sink) // {"number":"INC0010001","caller_id":""}
 */
export function createRenderer(database: Database, table: TableStore, options: RenderOptions): RecordWriter {
  const cells: Cell[] = []
  for (const name of new Set(options.fields ?? table.fields.map((field) => field.name))) {
    const path = resolvePath(database, table, name)
    if (!path || !options.readable(path)) continue
    cells.push(cellFor(database, table, name, path, options))
  }
  return cells.length === 0 ? (_, sink) => sink.text('{}') : joinCells(table, cells)
}
