/** Several texts in one field, each under its heading, put together so that every one comes back exactly as it went in. */

/** The parts of a field in the order of {@link Layout.headings}; `undefined` is a part that is not there. */
export type Parts = (string | undefined)[]

export interface Layout {
  readonly field: string
  /** Headings before the body, an empty text for the body itself, headings after it. */
  readonly headings: readonly string[]
  readonly body: number
  /** Most UTF-16 units the whole field holds. */
  readonly maxLength: number
  compose(parts: Readonly<Parts>): string
  parse(text: string): Parts
}

/** Set between the leading sections and the body when there are any. */
const BODY_HEADING = 'Full description'

/**
 * A field made of leading sections, a body and trailing sections. Example: with the trailing heading `AI Suggestions`,
 * `compose(['Printer is down', 'Restart it'])` is `'Printer is down\n\nAI Suggestions\nRestart it'`.
 *
 * A line inside a text that looks like a heading is set in by one space and set back when it is read.
 */
export function createLayout(
  field: string,
  leading: readonly string[],
  trailing: readonly string[],
  maxLength = Number.POSITIVE_INFINITY,
): Layout {
  const headings = [...leading, '', ...trailing]
  const body = leading.length
  const words = [...leading, BODY_HEADING, ...trailing]
  const anyHeading = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const inner = new RegExp(`^( *)(${anyHeading})$`, 'gm')
  const setIn = new RegExp(`^ ( *)(${anyHeading})$`, 'gm')
  const mentions = (text: string) => {
    for (const word of words) if (text.includes(word)) return true
    return false
  }
  const protect = (text: string) => (mentions(text) ? text.replace(inner, ' $1$2') : text)
  const restore = (text: string) => (mentions(text) ? text.replace(setIn, '$1$2') : text)

  return {
    field,
    headings,
    body,
    maxLength,
    compose(parts) {
      const bodyText = protect(parts[body] ?? '')
      let text = ''
      for (let index = 0; index < body; index += 1) {
        if (parts[index]) text += `${headings[index]}\n${protect(parts[index] ?? '')}\n\n`
      }
      text += text === '' ? bodyText : `${BODY_HEADING}\n${bodyText}`
      for (let index = body + 1; index < headings.length; index += 1) {
        const part = parts[index]
        if (part) text += `${text === '' ? '' : '\n\n'}${headings[index]}\n${protect(part)}`
      }
      return text
    },
    parse(text) {
      const parts: Parts = new Array<string | undefined>(headings.length).fill(undefined)
      let rest = text
      for (let index = headings.length - 1; index > body; index -= 1) {
        const [before, after] = splitAt(rest, headings[index] ?? '', true)
        if (after === undefined) continue
        parts[index] = restore(after)
        rest = before
      }
      const opened = leading.some((heading) => startsWith(rest, heading) !== undefined)
      const [head, main] = opened ? splitAt(rest, BODY_HEADING, false) : ['', rest]
      parts[body] = restore(main ?? rest)
      if (main !== undefined && opened) readLeading(head, leading, parts, restore)
      return parts
    },
  }
}

function readLeading(
  head: string,
  leading: readonly string[],
  parts: Parts,
  restore: (text: string) => string,
): void {
  let rest = head
  for (let index = leading.length - 1; index >= 0; index -= 1) {
    const [before, after] = splitAt(rest, leading[index] ?? '', true)
    if (after === undefined) continue
    parts[index] = restore(after)
    rest = before
  }
}

/** What follows a heading at the very start of a text, or `undefined`. */
function startsWith(text: string, heading: string): string | undefined {
  if (!text.startsWith(heading)) return undefined
  if (text.startsWith('\n', heading.length)) return text.slice(heading.length + 1)
  return text.startsWith('\r\n', heading.length) ? text.slice(heading.length + 2) : undefined
}

/** The text before and after a heading; line ends are ours, or the `\r\n` of somebody who edited the field in a browser. */
function splitAt(text: string, heading: string, orStart: boolean): [string, string | undefined] {
  const first = orStart ? startsWith(text, heading) : undefined
  if (first !== undefined) return ['', first]
  for (const mark of [`\n\n${heading}\n`, `\r\n\r\n${heading}\r\n`]) {
    const at = text.indexOf(mark)
    if (at >= 0) return [text.slice(0, at), text.slice(at + mark.length)]
  }
  return [text, undefined]
}
