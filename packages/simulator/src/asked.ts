/** One request to the control door, and how its body is read. */
import type { Control } from './control.ts'
import { ControlError, demand } from './control-error.ts'
import { isFields, object, type Shape } from './scenario/shape.ts'

/** The JSON body of a request to the control door. */
export type Body = Readonly<Record<string, unknown>>

/** One control request. */
export interface Asked {
  /** The JSON body; empty when there is none. */
  readonly body: Body
  /** The path after the name of the control. */
  readonly rest: string
  readonly search: URLSearchParams
}

/** Does it, and gives what is answered as JSON. */
export type ControlRoute = (control: Control, asked: Asked) => unknown

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = `This is not JSON: ${error instanceof Error ? error.message : String(error)}.`
    throw new ControlError('The body', [
      { path: place, message, mend: 'Send a JSON object, or no body at all.' },
    ])
  }
}

/** The body as an object; throws `ControlError` for a text that is none, which says more than to go on without it. */
export function bodyOf(text: string): Body {
  if (text.trim() === '') return {}
  const body = parsed(text, '')
  if (isFields(body)) return body
  const mend = 'Send a JSON object, such as {"count":1}.'
  throw new ControlError('The body', [{ path: '', message: 'It has no names.', mend }])
}

/** The body of a change stream: an object with `lines`, or one JSON object a line. */
export function streamOf(text: string): Body {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    // Several objects are no JSON as a whole; each line is told by itself.
  }
  if (isFields(whole) && whole.lines !== undefined) return whole
  const lines = text
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [parsed(line, `lines[${at}]`)]))
  return { lines }
}

/** A route that takes a body with these names and no others; `needed` are those that may not be left out. */
export function taking(
  shapes: Readonly<Record<string, Shape>>,
  route: ControlRoute,
  needed: readonly string[] = [],
): ControlRoute {
  const shape = object<Record<string, unknown>>(shapes, needed)
  return (control, asked) => {
    demand('The body', shape, asked.body)
    return route(control, asked)
  }
}

/** A number of the body, or another one when it has none of that name. */
export function numberIn(body: Body, name: string, otherwise: number): number {
  return typeof body[name] === 'number' ? body[name] : otherwise
}

/** A text of the body. */
export function textIn(body: Body, name: string): string | undefined {
  return typeof body[name] === 'string' ? body[name] : undefined
}

/** A number of the query, or another one when it has none of that name; throws `ControlError` for what is no number from 0. */
export function numberFrom(search: URLSearchParams, name: string, otherwise: number): number {
  const text = search.get(name)
  if (text === null) return otherwise
  const value = Number(text)
  if (text.trim() !== '' && value >= 0) return value
  const mend = 'Write a number from 0.'
  throw new ControlError('The address', [{ path: name, message: `"${text}" is no number.`, mend }])
}

/** The `sys_ids` of the body. */
export function idsIn(body: Body): string[] {
  return given<string[]>(body.sys_ids)
}

/** The `table` of the body, `incident` when it names none. */
export function tableIn(body: Body): string {
  return textIn(body, 'table') ?? 'incident'
}

/** What came, for a control method: that looks at it before anything changes. */
export function given<T>(value: unknown): T {
  return value as T
}
