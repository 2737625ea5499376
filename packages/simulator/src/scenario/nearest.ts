/** The known name that is nearest to a wrong one, for whoever has misspelt it. */

/** How many letters must be changed, added or left out to make one text of another. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let at = 1; at <= a.length; at++) {
    const next = [at]
    for (let to = 1; to <= b.length; to++) {
      const swap = (row[to - 1] ?? 0) + (a[at - 1] === b[to - 1] ? 0 : 1)
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/**
 * The known name nearest to a wrong one; `undefined` when none is near: by default within two letters, or a third of a
 * long name.
 *
 * @example nearest('incidnt', ['incident', 'sys_user']) // 'incident'
 */
export function nearest(
  wrong: string,
  known: readonly string[],
  most = (name: string): number => Math.max(2, name.length / 3),
): string | undefined {
  const [near] = known
    .map((name) => ({ name, far: distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  return near && near.far <= most(near.name) ? near.name : undefined
}

/** The nearest known name as a question, then all of them. */
export function didYouMean(wrong: string, known: readonly string[]): string {
  const near = nearest(wrong, known)
  const list = `Known: ${known.join(', ')}.`
  return near === undefined ? list : `Did you mean "${near}"? ${list}`
}
