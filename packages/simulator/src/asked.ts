/** One request to the control door, and how its body is read. */
import type { Control } from './control.ts'

/** The JSON body of a request to the control door. */
export type Body = Readonly<Record<string, unknown>>

/** One control request. */
export interface Asked {
  /** The JSON body; empty when there is none. */
  readonly body: Body
  /** The path after the name of the control. */
  readonly rest: string
  readonly search: URLSearchParams
  /** The body as it came. */
  readonly text: string
}

/** Does it, and gives what is answered as JSON. */
export type ControlRoute = (control: Control, asked: Asked) => unknown

/** A number of the body, or another one when it has none of that name. */
export function numberIn(body: Body, name: string, otherwise: number): number {
  return typeof body[name] === 'number' ? body[name] : otherwise
}

/** A text of the body. */
export function textIn(body: Body, name: string): string | undefined {
  return typeof body[name] === 'string' ? body[name] : undefined
}

/** A list of the body; throws `TypeError` when there is none. */
export function listIn(body: Body, name: string): unknown[] {
  const list = body[name]
  if (!Array.isArray(list)) throw new TypeError(`The body needs a list "${name}"`)
  return list
}

/** The `sys_ids` of the body; throws `TypeError` when there are none. */
export function idsIn(body: Body): string[] {
  return listIn(body, 'sys_ids').map(String)
}

/** The `table` of the body, `incident` when it names none. */
export function tableIn(body: Body): string {
  return textIn(body, 'table') ?? 'incident'
}

/** Options as they come: their owner checks what must hold, and a mistyped one shows in a test at once. */
export function optionsIn<T>(body: Body): T {
  return body as unknown as T
}
