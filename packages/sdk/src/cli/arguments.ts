/** The words after a command, looked at before it runs: no option it does not know, no value that is missing, and nothing beside them. */
import { parseArgs } from 'node:util'

/** The options of a command, as citty takes them. */
export type KnownOptions = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>

/**
 * Throws TypeError for the first fault: citty itself passes over all of them.
 *
 * @example checkArguments(['--chekc'], { check: { type: 'boolean' } })  // "unknown option --chekc: did you mean --check?"
 */
export function checkArguments(rawArgs: readonly string[], known: KnownOptions): void {
  const options = Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, { type }]))
  const { tokens } = parseArgs({
    args: [...rawArgs],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const given = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') {
      throw new TypeError(`"${token.kind === 'positional' ? token.value : '--'}" belongs to no option.`)
    }
    checkOption(token, known)
    if (given.has(token.name)) throw new TypeError(`${token.rawName} is given twice.`)
    given.add(token.name)
  }
}

/** What stands before the command: only what citty answers itself. Throws TypeError for an option. */
export function checkFront([first = '']: readonly string[]): void {
  if (!first.startsWith('-') || /^(--help|-h|--version|-v)$/.test(first)) return
  throw new TypeError(`${first} stands before the command: name the command first, then its options.`)
}

interface OptionToken {
  name: string
  rawName: string
  value?: string | undefined
  inlineValue?: boolean | undefined
}

function checkOption({ name, rawName, value, inlineValue }: OptionToken, known: KnownOptions): void {
  const negated = name.startsWith('no-') ? typeOf(known, name.slice(3)) : undefined
  const type = rawName.startsWith('--') ? typeOf(known, name) : undefined
  if (type === undefined && negated !== 'boolean') throw new TypeError(unknownOption(rawName, known))
  if (type === 'string') {
    // A word of its own that looks like an option is one: the value was forgotten.
    const forgotten = inlineValue !== true && value?.startsWith('-') === true
    if (value === undefined || value.trim() === '' || forgotten)
      throw new TypeError(`${rawName} needs a value.`)
  } else if (value !== undefined && (type === undefined || !/^(true|false)$/.test(value))) {
    throw new TypeError(`${rawName} takes no value.`)
  }
}

function typeOf(known: KnownOptions, name: string): 'string' | 'boolean' | undefined {
  return Object.hasOwn(known, name) ? known[name]?.type : undefined
}

function unknownOption(rawName: string, known: KnownOptions): string {
  const names = Object.entries(known).flatMap(([name, { type }]) =>
    type === 'boolean' ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  )
  const [nearest = { name: '', distance: 99 }] = names
    .map((name) => ({ name, distance: distanceOf(rawName, name) }))
    .sort((a, b) => a.distance - b.distance)
  return nearest.distance <= Math.min(3, rawName.length / 2)
    ? `unknown option ${rawName}: did you mean ${nearest.name}?`
    : `unknown option ${rawName}: known are ${Object.keys(known)
        .map((name) => `--${name}`)
        .join(', ')}.`
}

/** Letters to add, drop or change to make one word of the other. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const [left = 0, above = 0, before = 0] = [next[j], row[j + 1], row[j]]
      next.push(Math.min(left + 1, above + 1, before + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
