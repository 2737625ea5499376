/** Reads the JSON of a request body, as deep as an instance reads it. */

/** The parsers of a Java server stop at about a thousand levels; what is deeper is a mistake or an attack. */
const DEEPEST = 1000

/** Whether brackets are opened deeper than any body needs; those inside texts do not count. */
function tooDeep(text: string): boolean {
  if (text.length <= DEEPEST) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (quoted) {
      if (letter === '\\') at++
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === '{' || letter === '[') {
      if (++depth > DEEPEST) return true
    } else if (letter === '}' || letter === ']') depth--
  }
  return false
}

/** The value of a JSON text; `undefined` for a text that is none, or that is nested too deep to be walked. */
export function parseJson(text: string): unknown {
  if (tooDeep(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
