/** The choices of a field as an instance offers them; loaded with the first look-up. */
import type { Clock } from '../base/clock.ts'
import { untilAborted } from '../http/call.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import type { QueryTree } from '../query/conditions.ts'
import { encodeQuery } from '../query/encode.ts'
import { query } from '../query/query.ts'
import { checkField } from '../query/text.ts'
import type { TablePage } from './page.ts'
import { readPage } from './page.ts'
import { createRecent } from './recent.ts'
import { checkTable, tableUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** Which choices of a field are given. Example: `{ language: 'de', inactive: true }`. */
export interface ChoiceOptions extends CallOptions {
  /** Of the labels; default `en`. */
  language?: string
  /** Default false: choices that may no longer be chosen are left out. */
  inactive?: boolean
}

/** One choice of a field. Example: `{ value: '6', label: 'Resolved', dependentValue: '', inactive: false }`. */
export interface ChoiceEntry {
  /** What a record holds, raw. */
  value: string
  /** What people see, in the language asked for. */
  label: string
  /** The value of the field this choice depends on, `''` when on none. */
  dependentValue: string
  /** True when it may no longer be chosen; records may still hold it. */
  inactive: boolean
}

/** Reads the choices of a field of a table. */
export type ChoiceReader = (
  table: string,
  field: string,
  options: ChoiceOptions,
) => Promise<Completed<readonly ChoiceEntry[]>>

type RowReader = (
  table: string,
  terms: QueryTree,
  columns: readonly string[],
) => Promise<Completed<TablePage>>

const choiceColumns = [
  'name',
  'element',
  'language',
  'value',
  'label',
  'sequence',
  'inactive',
  'dependent_value',
]

/** Tables above the others; deeper than any real hierarchy. */
const maxDepth = 12

/**
 * A reader that remembers 200 fields for five minutes. Choices stand on the table that declares them or on one that overrides them: of a
 * table and its parents the nearest with any wins. Empty when there are none, or when this user may not read `sys_choice`.
 */
export function createChoiceReader(exchange: Exchange, origin: string, clock: Clock): ChoiceReader {
  const fields = createRecent<Completed<readonly ChoiceEntry[]>>({
    clock,
    size: 200,
    lifeMs: 5 * 60_000,
  })
  const parents = createRecent<readonly string[]>({ clock, size: 200, lifeMs: 60 * 60_000 })
  const read: RowReader = (table, terms, columns) =>
    readPage(exchange, tableUrl(origin, table), {
      query: encodeQuery(terms),
      limit: 10_000,
      fields: columns,
      noCount: true,
    })

  const load = async (table: string, field: string, language: string) => {
    const names = await parents.get(table, () => hierarchyOf(read, table))
    const asked = query().field('name').in(names).field('element').eq(field).field('language').eq(language)
    const order = asked.orderBy('sequence').orderBy('sys_id')
    const completed = await read('sys_choice', order, choiceColumns)
    return { ...completed, data: nearest(completed.data.records, names, field, language) }
  }

  return async (table, field, { language = 'en', inactive = false, signal }) => {
    signal?.throwIfAborted()
    const key = `${checkTable(table)}.${checkField(field)}.${language}`
    const all = await untilAborted(
      fields.get(key, () => load(table, field, language)),
      signal,
    )
    // Each caller gets entries of its own, which it may change.
    const data = all.data.filter((choice) => inactive || !choice.inactive).map((choice) => ({ ...choice }))
    return { ...all, data }
  }
}

/** The table and its parents, nearest first. */
async function hierarchyOf(read: RowReader, table: string): Promise<readonly string[]> {
  const names = [table]
  for (let name = table; names.length < maxDepth; ) {
    const { data } = await read('sys_db_object', query().field('name').eq(name), ['name', 'super_class.name'])
    const rows = data.records
    const parent = rows.find((row) => row.name === name)?.['super_class.name']
    // Without rights on the dictionary only what is so on every instance is known.
    const next = rows.length === 0 && name === 'incident' ? 'task' : parent
    if (typeof next !== 'string' || next === '' || names.includes(next)) break
    names.push(next)
    name = next
  }
  return names
}

function nearest(
  rows: readonly Readonly<Record<string, unknown>>[],
  names: readonly string[],
  field: string,
  language: string,
): readonly ChoiceEntry[] {
  const choices = rows
    .filter((row) => row.element === field && row.language === language)
    .map((row) => ({
      table: String(row.name),
      value: String(row.value ?? ''),
      label: String(row.label ?? ''),
      dependentValue: String(row.dependent_value ?? ''),
      inactive: row.inactive === 'true',
    }))
  const table = names.find((name) => choices.some((choice) => choice.table === name))
  return choices.filter((choice) => choice.table === table).map(({ table: _, ...choice }) => choice)
}
