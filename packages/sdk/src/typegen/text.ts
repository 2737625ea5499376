/** Texts of an instance within generated code: what stands here ends no comment and no literal, and reads back as it was written. */

/** Halves of characters, which a file cannot hold, and marks that turn the direction of what is shown. */
const unfit = /[\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text within a comment: on one line, and neither the end of the comment nor a tag of JSDoc. */
export function commentOf(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(unfit, '\ufffd')
    .replaceAll('*/', '* /')
    .trim()
    .replace(/(^|[\s{])@/g, '$1\\@')
}

/** A text as a literal. */
export function quote(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replace(/[\u2028\u2029\p{Cc}]/gu, codeOf)
    .replace(unfit, codeOf)
  return `'${escaped}'`
}

/** The name of a member, quoted where it is no identifier. */
export function keyOf(name: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(name) ? name : quote(name)
}

function codeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
