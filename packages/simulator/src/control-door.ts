/** The control methods as JSON over HTTP under `/__sim/`: for tests in other processes and other languages. No sign-in. */
import { type Answer, json } from './answer.ts'
import type { Control, PlayLine } from './control.ts'
import type { Fault } from './faults.ts'
import type { RawRecord } from './table-store.ts'

type Body = Readonly<Record<string, unknown>>
type Handler = (control: Control, body: Body, rest: string, text: string) => unknown

function numberIn(body: Body, name: string, otherwise: number): number {
  return typeof body[name] === 'number' ? body[name] : otherwise
}

function textIn(body: Body, name: string): string | undefined {
  return typeof body[name] === 'string' ? body[name] : undefined
}

function listIn(body: Body, name: string): unknown[] {
  const list = body[name]
  if (!Array.isArray(list)) throw new TypeError(`The body needs a list "${name}"`)
  return list
}

function idsIn(body: Body): string[] {
  return listIn(body, 'sys_ids').map(String)
}

function load(control: Control, body: Body): unknown {
  // Records come in raw form; anything that is no text would break every comparison later.
  const records = listIn(body, 'records').map((record) =>
    Object.fromEntries(Object.entries(record as object).map(([name, value]) => [name, String(value ?? '')])),
  )
  return { loaded: control.load(textIn(body, 'table') ?? 'incident', records as RawRecord[]) }
}

/** Lines as `{ "lines": [...] }`, or one JSON object a line. */
function play(control: Control, body: Body, _rest: string, text: string): unknown {
  const lines = Array.isArray(body.lines)
    ? body.lines
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line): unknown => JSON.parse(line))
  return { played: control.play(lines as PlayLine[]) }
}

function moveClock(control: Control, body: Body): unknown {
  const { clock } = control
  if (body.freeze === true) clock.freeze()
  if (body.run === true) clock.run()
  const to = textIn(body, 'set')
  if (to !== undefined) clock.set(to)
  const seconds = numberIn(body, 'advance', 0)
  if (seconds !== 0) clock.advance(seconds)
  return { now: clock.now().toISOString() }
}

const routes: Readonly<Record<string, Handler>> = {
  'POST load': load,
  'POST play': play,
  'GET faults': (control) => ({ faults: control.faults() }),
  'POST faults': (control, body) => ({ id: control.setFault(body as unknown as Fault) }),
  'DELETE faults': (control, _body, rest) => {
    control.clearFaults(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'GET clock': (control) => ({ now: control.clock.now().toISOString() }),
  'POST clock': moveClock,
  'POST mutate': (control, body) => ({
    mutations: control.mutate({
      seed: numberIn(body, 'seed', 1),
      count: numberIn(body, 'count', 1),
      lateBySeconds: numberIn(body, 'lateBySeconds', 0),
    }),
  }),
  'GET stats': (control) => control.stats(),
  'GET records': (control, _body, rest) => ({ records: control.records(rest) }),
  'POST hide': (control, body) => {
    control.hide(idsIn(body), textIn(body, 'user'))
    return { hidden: true }
  },
  'POST reveal': (control, body) => {
    control.reveal(body.sys_ids === undefined ? undefined : idsIn(body), textIn(body, 'user'))
    return { revealed: true }
  },
  'POST reset': (control) => {
    control.reset()
    return { reset: true }
  },
}

function parseBody(text: string): Body {
  // A change stream in lines is no JSON as a whole; `play` reads it by itself.
  try {
    const parsed: unknown = text === '' ? {} : JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Body) : {}
  } catch {
    return {}
  }
}

/** Answers one control request: 200 with JSON, 404 for an unknown route, 400 with the message of what was wrong. */
export function handleControl(control: Control, method: string, path: string, text: string): Answer {
  const [name = '', ...rest] = path.replace(/^\/__sim\/?/, '').split('/')
  const handler = routes[`${method} ${name}`]
  if (!handler)
    return json(404, JSON.stringify({ error: `No control ${method} ${name}`, routes: Object.keys(routes) }))
  try {
    return json(200, JSON.stringify(handler(control, parseBody(text), rest.join('/'), text)))
  } catch (error) {
    return json(400, JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
  }
}
