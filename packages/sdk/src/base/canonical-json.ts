/** One text for one record: keys sorted, so that the same content has the same hash whatever order it came in. */

/**
 * A writer that remembers the last set of keys: the records of a page share theirs, and sorting once a page instead of once a record is
 * most of the cost.
 *
 * @example canonicalWriter()({ b: '2', a: '1' })  // '{"a":"1","b":"2"}'
 */
export function canonicalWriter(): (record: Readonly<Record<string, string>>) => string {
  let seen: readonly string[] = []
  let sorted: readonly (readonly [key: string, prefix: string])[] = []
  return (record) => {
    const keys = Object.keys(record)
    if (!sameKeys(keys, seen)) {
      seen = keys
      sorted = [...keys]
        .sort()
        .map((key, index) => [key, `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`])
    }
    let text = ''
    for (const [key, prefix] of sorted) text += prefix + quote(record[key] as string)
    return text === '' ? '{}' : `${text}}`
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

// Most values are short codes, ids and stamps: for those a test is cheaper than a call of JSON.stringify.
const PLAIN = /^[ !#-[\]-~]*$/

function quote(value: string): string {
  return value.length < 40 && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
}
