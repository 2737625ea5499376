/** The shapes of tables, columns and records that a scenario brings: alone, and beside what is delivered. */
import { baseTables, type FieldDefinition } from '../dictionary.ts'
import { demandColumn, type Names, tableOf } from './names.ts'
import { didYouMean } from './nearest.ts'
import type { ScenarioProblem } from './problem.ts'
import type { FieldPlan, Scalar, TablePlan } from './scenario.ts'
import {
  also,
  column,
  inside,
  isFields,
  list,
  mapBy,
  mapOf,
  object,
  oneOf,
  type Shape,
  scalar,
  such,
  text,
  whole,
  words,
  yesNo,
} from './shape.ts'

const FIELD_KINDS = [
  'string',
  'guid',
  'integer',
  'boolean',
  'date-time',
  'date',
  'duration',
  'reference',
  'journal',
  'class',
]

const fieldShape = object<FieldPlan>({
  label: words,
  kind: oneOf(FIELD_KINDS),
  reference: column,
  choices: mapOf(words, scalar),
  default: such((value) => typeof value === 'string', 'a text', 'Write the raw value in quotes.'),
  maxLength: whole(1),
  strictChoice: yesNo,
  writable: yesNo,
  seeded: list(such((value) => typeof value === 'string', 'a text', 'Write raw values in quotes.')),
})

/** Tables that delivered columns point to and that are not here: a company's own column may point there too. */
const ELSEWHERE = baseTables.flatMap(({ fields }) => fields.flatMap(({ reference }) => reference ?? []))
/** Parents that are delivered without rows of their own. */
const PARENTS = baseTables.flatMap((table) => table.extends ?? [])

function demandOneOf(
  name: string,
  known: readonly string[],
  { path, problems }: { readonly path: string; readonly problems: ScenarioProblem[] },
): void {
  if (known.includes(name)) return
  problems.push({
    path,
    message: `The instance has no table ${name}.`,
    mend: didYouMean(name, [...new Set(known)]),
  })
}

/** What a column of a table points to and begins with; `known` is the delivered column of that name. */
function columnShape(names: Names, known: FieldDefinition | undefined): Shape {
  return also<FieldPlan>(fieldShape, (plan, path, problems) => {
    const reference = plan.reference ?? known?.reference
    if (plan.reference !== undefined)
      demandOneOf(plan.reference, [...names.tables, ...ELSEWHERE], {
        path: inside(path, 'reference'),
        problems,
      })
    if (plan.kind === 'reference' && reference === undefined)
      problems.push({
        path: inside(path, 'reference'),
        message: 'A reference points nowhere.',
        mend: 'Name the table it points to, such as sys_user.',
      })
    const choices = plan.choices ? Object.keys(plan.choices) : known?.choices?.map(({ value }) => value)
    const first = plan.default ?? ''
    if (first !== '' && choices && choices.length > 0 && !choices.includes(first))
      problems.push({
        path: inside(path, 'default'),
        message: `"${first}" is none of the choices.`,
        mend: didYouMean(first, choices),
      })
  })
}

/** Where a chain of parents goes round, if it does. */
function isOwnAncestor(name: string, parentOf: (name: string) => string | undefined): boolean {
  const seen = new Set<string>()
  for (let at = parentOf(name); at !== undefined && !seen.has(at); at = parentOf(at)) {
    if (at === name) return true
    seen.add(at)
  }
  return false
}

/** The tables of a scenario for an instance that has these names. */
export function tablesShape(names: Names): Shape {
  const shape = mapBy((name) => {
    const known = baseTables.find((each) => each.name === name)
    const field = (column: string): Shape =>
      columnShape(
        names,
        known?.fields.find((each) => each.name === column),
      )
    const plan = object<TablePlan>({
      label: words,
      extends: column,
      display: column,
      fields: mapBy(field, column),
      readRoles: list(words),
      auditDelete: yesNo,
    })
    return also<TablePlan>(plan, ({ display }, path, problems) => {
      if (display !== undefined)
        demandColumn(names, name, display, { path: inside(path, 'display'), problems })
    })
  }, column)
  return (value, path, problems) => {
    shape(value, path, problems)
    if (isFields(value)) demandParents(names, value, path, problems)
  }
}

function demandParents(
  names: Names,
  plans: Readonly<Record<string, unknown>>,
  path: string,
  problems: ScenarioProblem[],
): void {
  const parentOf = (name: string): string | undefined => {
    const plan = plans[name]
    if (isFields(plan) && typeof plan.extends === 'string') return plan.extends
    return baseTables.find((each) => each.name === name)?.extends
  }
  for (const name of Object.keys(plans)) {
    const plan = plans[name]
    if (!isFields(plan) || typeof plan.extends !== 'string') continue
    const place = inside(inside(path, name), 'extends')
    if (isOwnAncestor(name, parentOf))
      problems.push({
        path: place,
        message: `${name} would extend itself.`,
        mend: 'Name another table, or leave it out.',
      })
    else demandOneOf(plan.extends, [...names.tables, ...PARENTS], { path: place, problems })
  }
}

type PlainRecord = Readonly<Record<string, Scalar>>

/** Each column that the table does not have is told once, at the first record that has it. */
function demandColumns(
  names: Names,
  table: string,
  records: readonly PlainRecord[],
  { path, problems }: { readonly path: string; readonly problems: ScenarioProblem[] },
): void {
  const told = new Set<string>()
  for (const [at, record] of records.entries())
    for (const name of Object.keys(record)) {
      if (told.has(name)) continue
      told.add(name)
      const missed: ScenarioProblem[] = []
      demandColumn(names, table, name, { path: `${path}[${at}].${name}`, problems: missed })
      const more = ` A column of one's own is described under "tables".`
      problems.push(...missed.map((problem) => ({ ...problem, mend: problem.mend + more })))
    }
}

/** Records by table, for an instance that has these names. */
export function recordsShape(names: Names): Shape {
  const record: Shape = also<PlainRecord>(mapOf(scalar, text), ({ sys_id }, path, problems) => {
    if (typeof sys_id === 'string' && sys_id !== '') return
    problems.push({
      path: inside(path, 'sys_id'),
      message: 'A record needs a sys_id.',
      mend: 'Give each record a sys_id of 32 hexadecimal digits, in quotes.',
    })
  })
  const of = (table: string): Shape =>
    also<readonly PlainRecord[]>(list(record), (records, path, problems) =>
      demandColumns(names, table, records, { path, problems }),
    )
  return mapBy(of, tableOf(names, ' A new one is described under "tables".'))
}

/** The plan of a table as far as it can be read: what is wrong with it is told elsewhere, its names are known all the same. */
export function readablePlan(plan: unknown): TablePlan {
  const fields = isFields(plan) && isFields(plan.fields) ? plan.fields : {}
  const readable = Object.entries(fields).map(([name, each]) => {
    const wrong: ScenarioProblem[] = []
    fieldShape(each, '', wrong)
    return [name, wrong.length === 0 ? (each as FieldPlan) : {}]
  })
  return { fields: Object.fromEntries(readable) }
}
