/** Shapes that plain data may have, made of each other; a shape collects what is wrong, it never throws. */
import { didYouMean } from './nearest.ts'
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

/** A text, perhaps empty. */
export const text = such((value) => typeof value === 'string', 'a text', 'Write a text, in quotes.')

/** A text that can be a header: anything else would break the answer on its way out. */
export const headerText = such(
  (value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value),
  'a value of a header',
  'Write letters of ASCII in one line.',
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
  // JSON has a spelling for infinity (1e999), and no timer or stamp has a place for it.
  const test = (value: unknown): boolean =>
    Number.isFinite(value) && Number(value) >= least && Number(value) <= most
  return such(test, `a number ${range}`, `Write a number ${range}.`)
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

/** A list with at least one value. */
export function some(of: Shape): Shape {
  return also<readonly unknown[]>(list(of), (values, path, problems) => {
    if (values.length === 0)
      problems.push({ path, message: 'This list is empty.', mend: 'Name at least one.' })
  })
}

function notFields(value: unknown, path: string): ScenarioProblem {
  return { path, message: `${shown(value)} has no names.`, mend: 'Write names with their values.' }
}

/** The place of a name inside another one. */
export function inside(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Names of one's own choice, each with a value of the shape that goes with the name; `named` says what a name may be. */
export function mapBy(of: (name: string) => Shape, named: Shape = words): Shape {
  return (value, path, problems) => {
    if (!isFields(value)) {
      problems.push(notFields(value, path))
      return
    }
    for (const [name, each] of Object.entries(value)) {
      const place = inside(path, name)
      named(name, place, problems)
      of(name)(each, place, problems)
    }
  }
}

/** Names of one's own choice, each with a value of one shape. */
export function mapOf(of: Shape, named: Shape = words): Shape {
  return mapBy(() => of, named)
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
    const place = (name: string): string => inside(path, name)
    for (const name of needed)
      if (value[name] === undefined)
        problems.push({ path: place(name), message: 'This is missing.', mend: `Write "${name}".` })
    for (const [name, each] of Object.entries(value)) {
      if (each === undefined) continue
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

/** A shape, and what must hold beside it: that is asked only of a value that has the shape, so `T` is what it is. */
export function also<T>(
  of: Shape,
  more: (value: T, path: string, problems: ScenarioProblem[]) => void,
): Shape {
  return (value, path, problems) => {
    const before = problems.length
    of(value, path, problems)
    if (problems.length === before) more(value as T, path, problems)
  }
}

/** A list in which no two values have the same `name`; `secret` ones are not repeated in what is told. */
export function unique(of: Shape, name: string, mend: string, secret = false): Shape {
  return (value, path, problems) => {
    list(of)(value, path, problems)
    if (!Array.isArray(value)) return
    const names = value.map((each: unknown) => (isFields(each) ? each[name] : undefined))
    for (const [at, each] of names.entries())
      if (each !== undefined && names.indexOf(each) !== at)
        problems.push({
          path: `${path}[${at}].${name}`,
          message: `${secret ? 'It' : shown(each)} is there twice.`,
          mend,
        })
  }
}
