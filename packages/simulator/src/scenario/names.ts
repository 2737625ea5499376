/** The names that an instance has, and the shapes that ask for one of them: tables, columns, people, queries over both. */
import type { Database } from '../database.ts'
import { compileQuery } from '../query/compile.ts'
import { didYouMean } from './nearest.ts'
import type { ScenarioProblem } from './problem.ts'
import { also, column, type Shape, words } from './shape.ts'

/** What can be named. */
export interface Names {
  readonly tables: readonly string[]
  readonly users: readonly string[]
  /** The columns of a table; `undefined` for an unknown one. */
  columns(table: string): readonly string[] | undefined
  /** The parts of an encoded query over a known table that would have no effect. */
  ignored(table: string, query: string): readonly string[]
}

/** Whoever asks has no say in whether a query can be read. */
const NOBODY = { nowMs: 0, zone: 'UTC', userId: '', userName: '' }

/** The names of a database, and of the people who may sign in. */
export function namesOf(database: Database, users: readonly string[]): Names {
  const parents = database.table('task') ? ['task'] : []
  const own = database.tables().map(({ definition }) => definition.name)
  return {
    tables: [...new Set([...own, ...parents])],
    users,
    columns(name) {
      const table = database.table(name)
      return table?.fields.map((field) => field.name).filter((each) => table.column(each) !== undefined)
    },
    ignored(name, query) {
      const context = { database, table: database.need(name), asker: NOBODY }
      return compileQuery(query, context).dropped
    },
  }
}

/** A table of the instance; `more` is what else could be done about an unknown one. */
export function tableOf(names: Names, more = ''): Shape {
  return also<string>(column, (name, path, problems) => {
    if (names.columns(name)) return
    const mend = `${didYouMean(name, names.tables)}${more}`
    problems.push({ path, message: `The instance has no table ${name}.`, mend })
  })
}

/** Somebody who may sign in. */
export function userOf(names: Names): Shape {
  return also<string>(words, (name, path, problems) => {
    if (names.users.includes(name)) return
    problems.push({
      path,
      message: `The instance has no user ${name}.`,
      mend: didYouMean(name, names.users),
    })
  })
}

/** Tells a column that a table does not have; an unknown table is told by its own shape. */
export function demandColumn(
  names: Names,
  table: string,
  name: string,
  { path, problems }: { readonly path: string; readonly problems: ScenarioProblem[] },
): void {
  const known = names.columns(table)
  if (!known || known.includes(name)) return
  problems.push({ path, message: `${table} has no column ${name}.`, mend: didYouMean(name, known) })
}

/** Tells the parts of a condition that the instance would leave out: a rule would hold for every record then. */
export function demandReadable(
  names: Names,
  table: string,
  when: string,
  { path, problems }: { readonly path: string; readonly problems: ScenarioProblem[] },
): void {
  const known = names.columns(table)
  if (!known) return
  for (const part of names.ignored(table, when)) {
    const field = /^[a-z][a-z0-9_]*/.exec(part)?.[0] ?? part
    const mend = known.includes(field)
      ? 'Write a field, an operator and a value, such as priority=1.'
      : didYouMean(field, known)
    problems.push({ path, message: `"${part}" has no effect on ${table}.`, mend })
  }
}
