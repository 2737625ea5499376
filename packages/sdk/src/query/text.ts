/** The letters of an encoded query: which field names, operators and values may be written, and how a caret in a value is doubled. */
import { QueryError } from '../base/errors.ts'
import type { Operator } from './conditions.ts'
import { listOperators, partsOperators, scalarOperators, unaryOperators } from './conditions.ts'

const fieldName = /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unwritable = /[\u0000-\u001f\u007f]|\p{Surrogate}/u
const maxFieldLength = 200

/** Other spellings of an operator, as filters of an instance write them. */
const aliases: Readonly<Record<string, Operator>> = {
  CONTAINS: 'LIKE',
  '*': 'LIKE',
  '!*': 'NOT LIKE',
  NOTLIKE: 'NOT LIKE',
  'DOES NOT CONTAIN': 'NOT LIKE',
  '%': 'ENDSWITH',
}

const spellings: readonly (readonly [string, Operator])[] = [
  ...[...scalarOperators, ...listOperators, ...partsOperators, ...unaryOperators].map(
    (name) => [name, name] as const,
  ),
  ...Object.entries(aliases),
].sort(([a], [b]) => b.length - a.length)

const listSet: ReadonlySet<string> = new Set(listOperators)
const partsSet: ReadonlySet<string> = new Set(partsOperators)
const unarySet: ReadonlySet<string> = new Set(unaryOperators)

/** How the text after an operator is read. */
export function shapeOf(operator: Operator): 'scalar' | 'list' | 'parts' | 'unary' {
  if (listSet.has(operator)) return 'list'
  if (partsSet.has(operator)) return 'parts'
  return unarySet.has(operator) ? 'unary' : 'scalar'
}

/** The operator a text begins with (the longest spelling) and what follows it; null when it begins with none. */
export function matchOperator(text: string): { operator: Operator; rest: string } | null {
  for (const [spelling, operator] of spellings) {
    if (text.startsWith(spelling)) return { operator, rest: text.slice(spelling.length) }
  }
  return null
}

/** The name, when it is an identifier or identifiers joined by dots. Throws QueryError otherwise. */
export function checkField(name: string): string {
  if (typeof name === 'string' && name.length <= maxFieldLength && fieldName.test(name)) return name
  throw new QueryError(
    'A field name is made of lower-case letters, digits and underscores, with dots between references.',
    {
      hint: 'Use the column name, for example short_description or caller_id.email, not its label.',
      details: { field: String(name).slice(0, 80) },
    },
  )
}

/** Throws QueryError when the text holds control characters or half a surrogate pair. */
export function checkText(text: string, field: string): void {
  if (!unwritable.test(text)) return
  throw new QueryError(`The value for ${field} holds a control character or a broken character.`, {
    hint: 'Search for one line of text at a time, for example with contains().',
    details: { field },
  })
}

/** A value as it is written: each caret doubled. */
export function escapeCaret(value: string): string {
  return value.replaceAll('^', '^^')
}

/**
 * The terms between single carets, doubled ones made single again.
 * Example: `splitTerms('a=1^b=x^^y')` is `['a=1', 'b=x^y']`.
 */
export function splitTerms(text: string): string[] {
  const terms: string[] = []
  let term = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char !== '^') {
      term += char
    } else if (text[at + 1] === '^') {
      term += '^'
      at += 1
    } else {
      terms.push(term)
      term = ''
    }
  }
  terms.push(term)
  return terms
}
