/** Texts cut to the length of a field, and compared without regard to line ends. */

/**
 * A text of at most `maxLength` UTF-16 units that ends in `…` when it was cut, never in half a surrogate pair.
 * Example: `cutText('abcdef', 4)` is `'abc…'`.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const end = text.charCodeAt(maxLength - 2)
  const splits = end >= 0xd800 && end <= 0xdbff
  return `${text.slice(0, splits ? maxLength - 2 : maxLength - 1)}…`
}

/** Line ends are equal: a form in a browser sends `\r\n` for what was `\n`. */
export function equalTexts(a: string, b: string): boolean {
  return a === b || a.replaceAll('\r\n', '\n') === b.replaceAll('\r\n', '\n')
}
