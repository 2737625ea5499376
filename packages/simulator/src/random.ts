/** Seeded randomness lives here: the same seed gives the same numbers on every machine. */

/** A stream of pseudo-random values; every call moves the stream on by at least one step. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number
  /** A whole number from 0 (included) to `below` (excluded). */
  int(below: number): number
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean
  /** One item of a list that is not empty; throws `RangeError` on an empty one. */
  pick<T>(items: readonly T[]): T
  /** A lower-case hexadecimal text of the given length. */
  hex(length: number): string
  /** Puts `items[from]` to `items[to - 1]` into random order, in place. */
  shuffle(items: unknown[], from?: number, to?: number): void
}

/**
 * A stream for a seed (mulberry32: 32 bits of state, far enough for test data, never for secrets).
 *
 * @example createRandom(1).int(100) // 62, always
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(items) {
      if (items.length === 0) throw new RangeError('pick() needs at least one item')
      return items[int(items.length)] as (typeof items)[number]
    },
    hex(length) {
      let text = ''
      while (text.length < length)
        text += Math.floor(next() * 0x1000000)
          .toString(16)
          .padStart(6, '0')
      return text.slice(0, length)
    },
    shuffle(items, from = 0, to = items.length) {
      for (let at = to - 1; at > from; at--) {
        const other = from + int(at - from + 1)
        const held = items[at]
        items[at] = items[other]
        items[other] = held
      }
    },
  }
}

/** One seed out of several numbers and texts, so that each purpose has a stream of its own (FNV-1a, 32 bits). */
export function mixSeed(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    for (const letter of `${part}|`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  }
  return hash >>> 0
}
