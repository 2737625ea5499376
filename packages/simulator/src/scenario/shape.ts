/** Shapes that plain data may have, made of each other; a shape collects what is wrong, it never throws. */
import type { ScenarioProblem } from './problem.ts'

/** Looks at a value and writes down what is wrong with it. */
export type Shape = (value: unknown, path: string, problems: ScenarioProblem[]) => void

const COLUMN_NAME = /^[a-z][a-z0-9_]*$/

type Fields = Readonly<Record<string, unknown>>

/** Whether a value is an object with names, as JSON and YAML have them. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** A value for which a test holds; `mend` says what it should be. */
export function such(test: (value: unknown) => boolean, what: string, mend: string): Shape {
  return (value, path, problems) => {
    if (!test(value)) problems.push({ path, message: `${shown(value)} is not ${what}.`, mend })
  }
}

/** A text that is not empty. */
export const words = such(
  (value) => typeof value === 'string' && value !== '',
  'a text',
  'Write a text, in quotes where it looks like a number.',
)

/** A name of a table or column. */
export const column = such(
  (value) => typeof value === 'string' && COLUMN_NAME.test(value),
  'a name of a table or column',
  'Write small letters, digits and _, such as u_site.',
)

/** `true` or `false`. */
export const yesNo = such((value) => typeof value === 'boolean', 'true or false', 'Write true or false.')

/** A value of a raw record: text, number, true, false or nothing. */
export const scalar = such(
  (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value),
  'a raw value',
  'Write a text; lists and objects have no place in a record.',
)

/** A whole number from `least`. */
export function whole(least: number): Shape {
  const test = (value: unknown): boolean =>
    typeof value === 'number' && Number.isInteger(value) && value >= least
  return such(test, `a whole number from ${least}`, `Write a whole number from ${least}.`)
}

/** A number from `least` to `most`. */
export function number(least: number, most = Number.POSITIVE_INFINITY): Shape {
  const range = most === Number.POSITIVE_INFINITY ? `from ${least}` : `from ${least} to ${most}`
  const test = (value: unknown): boolean => typeof value === 'number' && value >= least && value <= most
  return such(test, `a number ${range}`, `Write a number ${range}.`)
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let at = 1; at <= a.length; at++) {
    const next = [at]
    for (let to = 1; to <= b.length; to++) {
      const swap = (row[to - 1] ?? 0) + (a[at - 1] === b[to - 1] ? 0 : 1)
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function didYouMean(wrong: string, known: readonly string[]): string {
  const [near] = known
    .map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  const list = `Known: ${known.join(', ')}.`
  return near && near.far <= Math.max(2, near.name.length / 3) ? `Did you mean "${near.name}"? ${list}` : list
}

/** One of a few texts. */
export function oneOf(known: readonly string[]): Shape {
  return (value, path, problems) => {
    if (typeof value === 'string' && known.includes(value)) return
    problems.push({
      path,
      message: `${shown(value)} is not known here.`,
      mend: didYouMean(String(value), known),
    })
  }
}

/** A list of values of one shape. */
export function list(of: Shape): Shape {
  return (value, path, problems) => {
    if (!Array.isArray(value)) {
      problems.push({ path, message: `${shown(value)} is not a list.`, mend: 'Write a list, also for one.' })
      return
    }
    for (const [at, each] of value.entries()) of(each, `${path}[${at}]`, problems)
  }
}

function notFields(value: unknown, path: string): ScenarioProblem {
  return { path, message: `${shown(value)} has no names.`, mend: 'Write names with their values.' }
}

/** Names of one's own choice, each with a value of one shape; `named` says what a name may be. */
export function mapOf(of: Shape, named: Shape = words): Shape {
  return (value, path, problems) => {
    if (!isFields(value)) {
      problems.push(notFields(value, path))
      return
    }
    for (const [name, each] of Object.entries(value)) {
      const place = path === '' ? name : `${path}.${name}`
      named(name, place, problems)
      of(each, place, problems)
    }
  }
}

/** Known names, each with its own shape. The type asks for every name of `T`, so that none is forgotten here. */
export function object<T extends object>(
  shapes: Readonly<Record<keyof T & string, Shape>>,
  needed: readonly (keyof T & string)[] = [],
): Shape {
  const known = Object.keys(shapes)
  return (value, path, problems) => {
    if (!isFields(value)) {
      problems.push(notFields(value, path))
      return
    }
    const place = (name: string): string => (path === '' ? name : `${path}.${name}`)
    for (const name of needed)
      if (value[name] === undefined)
        problems.push({ path: place(name), message: 'This is missing.', mend: `Write "${name}".` })
    for (const [name, each] of Object.entries(value)) {
      const shape = (shapes as Readonly<Record<string, Shape>>)[name]
      if (known.includes(name) && shape) shape(each, place(name), problems)
      else
        problems.push({ path: place(name), message: 'There is no such name.', mend: didYouMean(name, known) })
    }
  }
}

/** Either of two shapes; what the second one misses is told. */
export function either(first: Shape, second: Shape): Shape {
  return (value, path, problems) => {
    const tried: ScenarioProblem[] = []
    first(value, path, tried)
    if (tried.length > 0) second(value, path, problems)
  }
}
