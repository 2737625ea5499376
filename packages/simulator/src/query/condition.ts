/** Turns one condition of an encoded query into a test of a row; `undefined` means the instance would drop it. */
import { type Path, resolvePath } from '../database.ts'
import { isInstanceOf } from '../dictionary.ts'
import type { Condition, Operator } from '../encoded-query.ts'
import type { Row } from '../table-store.ts'
import { compileRange } from './range.ts'
import { compareValues, type Predicate, type QueryContext, readLiteral } from './value.ts'

/** `sys_filter_option_dynamic` "Is (dynamic) Me", the one dynamic filter that needs no configuration. */
const DYNAMIC_ME = '90d1921e5f510100a9ad2572f2b477fe'

type Test = (value: string, wanted: string) => boolean

function compileComparison(
  operator: Operator,
  path: Path,
  wanted: string,
  fold: (text: string) => string,
): Predicate {
  const { kind } = path.field
  const read = (row: Row): string => fold(path.read(row))
  if (operator === '=') {
    return kind === 'integer'
      ? (row) => read(row) === wanted || (wanted !== '' && compareValues(kind, read(row), wanted) === 0)
      : (row) => read(row) === wanted
  }
  // An unequal test lets empty values through: the platform adds "or is null" to it.
  if (operator === '!=') return (row) => read(row) !== wanted
  const test: (difference: number) => boolean =
    operator === '<'
      ? (difference) => difference < 0
      : operator === '<='
        ? (difference) => difference <= 0
        : operator === '>'
          ? (difference) => difference > 0
          : (difference) => difference >= 0
  return (row) => {
    const value = read(row)
    return value !== '' && test(compareValues(kind, value, wanted))
  }
}

const textTests: Partial<Record<Operator, Test>> = {
  STARTSWITH: (value, wanted) => value.startsWith(wanted),
  ENDSWITH: (value, wanted) => value.endsWith(wanted),
  LIKE: (value, wanted) => value.includes(wanted),
  'NOT LIKE': (value, wanted) => !value.includes(wanted),
}

function compileText(test: Test, path: Path, wanted: string, { database }: QueryContext): Predicate {
  const target = path.field.reference
  // On a reference, text is compared with what people see.
  if (target === undefined) return (row) => test(database.fold(path.read(row)), wanted)
  return (row) => test(database.fold(database.displayOf(target, path.read(row))), wanted)
}

function compileSet(
  operator: Operator,
  path: Path,
  list: string,
  context: QueryContext,
): Predicate | undefined {
  const { database } = context
  const script = list.startsWith('javascript:')
  const parts = script ? [list] : list.split(',').map((part) => part.trim())
  const wanted = new Set<string>()
  for (const part of parts) {
    const literal = readLiteral(path, part, context)
    if (literal === undefined) return undefined
    wanted.add(literal)
  }
  if (operator === 'IN') return (row) => wanted.has(database.fold(path.read(row)))
  if (operator === 'NOT IN') return (row) => !wanted.has(database.fold(path.read(row)))
  const target = path.field.reference === undefined ? undefined : database.table(path.field.reference)
  return (row) => {
    const seen = new Set<string>()
    let id = path.read(row)
    while (id !== '' && !seen.has(id)) {
      if (wanted.has(database.fold(id))) return true
      seen.add(id)
      const above = target?.find(id)
      id = above && target ? target.read(above, 'parent') : ''
    }
    return false
  }
}

const FIELD_TESTS: Partial<Record<Operator, (difference: number) => boolean>> = {
  SAMEAS: (difference) => difference === 0,
  NSAMEAS: (difference) => difference !== 0,
  GT_FIELD: (difference) => difference > 0,
  LT_FIELD: (difference) => difference < 0,
  GT_OR_EQUALS_FIELD: (difference) => difference >= 0,
  LT_OR_EQUALS_FIELD: (difference) => difference <= 0,
}

/** How many letters of a stamp are compared. */
const GRANULARITY: ReadonlyMap<string, number> = new Map([
  ['year', 4],
  ['month', 7],
  ['day', 10],
  ['hour', 13],
  ['minute', 16],
  ['second', 19],
])

function compileFields(
  operator: Operator,
  path: Path,
  value: string,
  context: QueryContext,
): Predicate | undefined {
  const [name = '', grain] = value.split('@')
  const other = resolvePath(context.database, context.table, name.trim())
  const test = FIELD_TESTS[operator]
  if (!other || !test || (grain !== undefined && !GRANULARITY.has(grain))) return undefined
  const length = grain === undefined ? undefined : GRANULARITY.get(grain)
  const read = (from: Path, row: Row): string => context.database.fold(from.read(row)).slice(0, length)
  const unequalOnly = operator === 'NSAMEAS'
  return (row) => {
    const a = read(path, row)
    const b = read(other, row)
    if ((a === '' || b === '') && operator !== 'SAMEAS' && !unequalOnly) return false
    return test(compareValues(path.field.kind, a, b))
  }
}

function compileSearch(words: string, { database, table, right }: QueryContext): Predicate {
  const wanted = database.fold(words).split(/\s+/).filter(Boolean)
  const columns = table.fields.flatMap(({ kind, name }) => {
    const path = kind === 'string' ? resolvePath(database, table, name) : undefined
    // A word that is found tells of the column it is in.
    return path && right?.(path, false) === undefined ? [table.column(name)] : []
  })
  return (row) => {
    const all = columns.map((at) => (at === undefined ? '' : (row.values[at] ?? ''))).join('\n')
    const text = database.fold(all)
    return wanted.every((word) => text.includes(word))
  }
}

/** Compiles a condition. `undefined` when its field, its other field or its value cannot be read. */
export function compileCondition(condition: Condition, context: QueryContext): Predicate | undefined {
  const { operator, value } = condition
  const { database, table, asker } = context
  if (operator === 'TEXTQUERY') return compileSearch(value, context)
  const path = resolvePath(database, table, condition.field)
  if (!path) return undefined
  const test = textTests[operator]
  if (test) {
    const literal = readLiteral({ ...path, field: { ...path.field, kind: 'string' } }, value, context)
    return literal === undefined ? undefined : compileText(test, path, literal, context)
  }
  switch (operator) {
    case 'ISEMPTY':
    case 'EMPTYSTRING':
      return (row) => path.read(row) === ''
    case 'ISNOTEMPTY':
      return (row) => path.read(row) !== ''
    case 'ANYTHING':
      return () => true
    case 'IN':
    case 'NOT IN':
    case 'IN_HIERARCHY':
      return compileSet(operator, path, value, context)
    case 'DYNAMIC':
      return value === DYNAMIC_ME ? (row) => path.read(row) === asker.userId : undefined
    case 'INSTANCEOF':
      return (row) => isInstanceOf(database.definitions, path.read(row), value)
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const literal = readLiteral(path, value, context)
      return literal === undefined ? undefined : compileComparison(operator, path, literal, database.fold)
    }
    case 'SAMEAS':
    case 'NSAMEAS':
    case 'GT_FIELD':
    case 'LT_FIELD':
    case 'GT_OR_EQUALS_FIELD':
    case 'LT_OR_EQUALS_FIELD':
      return compileFields(operator, path, value, context)
    default:
      return compileRange(operator, path, value, context)
  }
}
