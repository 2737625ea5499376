/** One text for one record: keys sorted, so that the same content has the same hash whatever order it came in. */

/**
 * A writer that remembers the last set of keys: the records of a page share theirs, and sorting once a page instead of once a record is
 * most of the cost.
 *
 * @example canonicalWriter()({ b: '2', a: '1' })  // '{"a":"1","b":"2"}'
 */
export function canonicalWriter(): (record: Readonly<Record<string, string>>) => string {
  let seen: readonly string[] = []
  let sorted: string[] = []
  return (record) => {
    const keys = Object.keys(record)
    if (!sameKeys(keys, seen)) {
      seen = keys
      sorted = keys.toSorted()
    }
    return JSON.stringify(record, sorted)
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
