/** What a small world is made of: how often what happens in it, all of it drawn from one seed. */

/** A repeatable source of numbers in [0, 1) (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface WorldOptions {
  seed: number
  rows: number
  /** Share of rows that access rules hide after the limit. */
  hidden?: number
  /** Longest delay between a stamp and its visibility, in seconds. */
  lateSeconds?: number
  /** Share of requests that fail without an answer. */
  faults?: number
  /** Changes made while one request is under way, at most. */
  churn?: number
  linkOnly?: boolean
  /** Failed requests fail in every way there is: reset, time-out, an error inside a 200, a cut body. Default: reset alone. */
  oddFaults?: boolean
  /** Share of changes that delete a row. */
  deletes?: number
  /** Share of deletes that leave an entry in the feed. Default 1. */
  audited?: number
  /** The feed of deletes. Default `open`. */
  feed?: 'open' | 'forbidden' | 'absent'
  /** Share of changes that bring a deleted row back with its old stamp. */
  undeletes?: number
  /** Share of changes that hide a row or show it again. */
  aclChanges?: number
  /** Share of changes after which a row stands on the other side of the filter; above 0 the source is filtered. */
  leaving?: number
  /** Share of writes stamped up to an hour ahead, and of entries of the feed stamped up to 300 s ahead. */
  future?: number
  /** Share of writes whose `sys_mod_count` goes back. */
  modBack?: number
  /** Share of rows too large to be read. */
  huge?: number
  /** More records than this in one answer, or ten times as many keys, take too long. Default: no limit. */
  inTime?: number
  /** Counts far more rows than there are where an answer is not complete, as blind to access rules as an instance may be. */
  overcounts?: boolean
  /** Most turns an answer waits for, before and after its reading moment. Default 0. */
  turns?: number
}

/** Nothing fails and nothing changes any more. */
export const quietOptions = { faults: 0, churn: 0 }
export const defaults: Required<Omit<WorldOptions, 'seed' | 'rows'>> = {
  hidden: 0,
  lateSeconds: 0,
  faults: 0,
  churn: 3,
  linkOnly: false,
  oddFaults: false,
  deletes: 0,
  audited: 1,
  feed: 'open',
  undeletes: 0,
  aclChanges: 0,
  leaving: 0,
  future: 0,
  modBack: 0,
  huge: 0,
  inTime: Number.POSITIVE_INFINITY,
  overcounts: false,
  turns: 0,
}
