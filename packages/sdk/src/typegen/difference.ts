/** What changed between a file of types and the instance, as lines a person reads in the log of a CI run. */

/** Lines only the old text has (`-`) and only the new one has (`+`), in order; empty when they are equal but for line ends. */
export function differenceOf(before: string, after: string, limit = 40): string[] {
  const [old, now] = [linesOf(before), linesOf(after)]
  if (old.join('\n') === now.join('\n')) return []
  const [gone, come] = [without(old, now), without(now, old)]
  const lines = [...gone.map((line) => `- ${line.trim()}`), ...come.map((line) => `+ ${line.trim()}`)]
  if (lines.length === 0) return ['  the same lines in another order']
  return lines.length <= limit
    ? lines
    : [...lines.slice(0, limit), `  and ${lines.length - limit} lines more`]
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/)
}

/** The lines of one text that the other does not have as often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const left = counts.get(line) ?? 0
    counts.set(line, left - 1)
    return left <= 0
  })
}
