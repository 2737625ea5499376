/** A sorted list of (key, item) pairs that knows ranks: ranges, counts and pages cost little at 100,000 items and more. */

const CHUNK = 512

interface Chunk<T> {
  keys: string[]
  items: T[]
}

/** Items sorted by their key; keys should be unique, and equal ones stay beside each other. */
export interface OrderedIndex<T> {
  readonly size: number
  add(key: string, item: T): void
  /** Removes the pair; throws `Error` when it is not there, since then the index and its rows disagree. */
  remove(key: string, item: T): void
  /** How many keys are smaller than `key`. */
  rank(key: string): number
  /** The items from rank `from` (included) to rank `to` (excluded), in order of their keys. */
  slice(from: number, to: number): T[]
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The chunk in which `key` belongs: the first whose greatest key is not smaller, else the last. */
function chunkFor<T>(chunks: readonly Chunk<T>[], key: string): number {
  let low = 0
  let high = chunks.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    const keys = (chunks[middle] as Chunk<T>).keys
    if ((keys[keys.length - 1] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

function insert<T>(chunks: Chunk<T>[], key: string, item: T): void {
  const at = chunkFor(chunks, key)
  const chunk = chunks[at]
  if (!chunk) {
    chunks.push({ keys: [key], items: [item] })
    return
  }
  const place = lowerBound(chunk.keys, key)
  chunk.keys.splice(place, 0, key)
  chunk.items.splice(place, 0, item)
  if (chunk.keys.length > CHUNK * 2) {
    chunks.splice(at + 1, 0, { keys: chunk.keys.splice(CHUNK), items: chunk.items.splice(CHUNK) })
  }
}

function take<T>(chunks: Chunk<T>[], key: string, item: T): boolean {
  for (let at = chunkFor(chunks, key); at < chunks.length; at++) {
    const chunk = chunks[at] as Chunk<T>
    for (let place = lowerBound(chunk.keys, key); place < chunk.keys.length; place++) {
      if (chunk.keys[place] !== key) return false
      if (chunk.items[place] !== item) continue
      chunk.keys.splice(place, 1)
      chunk.items.splice(place, 1)
      if (chunk.keys.length === 0) chunks.splice(at, 1)
      return true
    }
  }
  return false
}

function rebuild<T>(chunks: readonly Chunk<T>[], added: readonly { key: string; item: T }[]): Chunk<T>[] {
  const all = [...added]
  for (const { keys, items } of chunks) {
    for (let at = 0; at < keys.length; at++) all.push({ key: keys[at] as string, item: items[at] as T })
  }
  all.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const built: Chunk<T>[] = []
  for (let at = 0; at < all.length; at += CHUNK) {
    const part = all.slice(at, at + CHUNK)
    built.push({ keys: part.map(({ key }) => key), items: part.map(({ item }) => item) })
  }
  return built
}

/** Creates an empty index. Additions wait until the next question, so that a bulk load sorts once. */
export function createOrderedIndex<T>(): OrderedIndex<T> {
  let chunks: Chunk<T>[] = []
  let waiting: { key: string; item: T }[] = []
  let settled = 0
  let starts: number[] | undefined
  /** The rank of each chunk's first item, counted again only after a change. */
  const ranks = (): number[] => {
    if (starts) return starts
    let sum = 0
    starts = chunks.map(({ keys }) => {
      sum += keys.length
      return sum - keys.length
    })
    return starts
  }
  const settle = (): void => {
    if (waiting.length === 0) return
    starts = undefined
    if (waiting.length > 64 + settled / 8) chunks = rebuild(chunks, waiting)
    else for (const { key, item } of waiting) insert(chunks, key, item)
    settled += waiting.length
    waiting = []
  }
  return {
    get size() {
      return settled + waiting.length
    },
    add(key, item) {
      waiting.push({ key, item })
    },
    remove(key, item) {
      settle()
      starts = undefined
      if (!take(chunks, key, item)) throw new Error(`The index does not hold ${key}`)
      settled--
    },
    rank(key) {
      settle()
      const home = chunkFor(chunks, key)
      return (ranks()[home] ?? 0) + lowerBound(chunks[home]?.keys ?? [], key)
    },
    slice(from, to) {
      settle()
      const found: T[] = []
      const first = ranks()
      let low = 0
      let high = chunks.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if ((first[middle] as number) <= from) low = middle
        else high = middle - 1
      }
      for (let at = low; at < chunks.length && (first[at] as number) < to; at++) {
        const { items } = chunks[at] as Chunk<T>
        const start = first[at] as number
        const end = Math.min(to, start + items.length) - start
        for (let place = Math.max(0, from - start); place < end; place++) found.push(items[place] as T)
      }
      return found
    },
  }
}
