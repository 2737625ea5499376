/** What a test may order a server process to suffer, and the points at which it can be struck. */

/** Where a process can be struck; each is a moment that the order of statements, requests and renames gives away. */
export const points = [
  /** A run's lease is taken, not committed. */
  'lease',
  /** A request for a page leaves. */
  'page-asked',
  /** A page has arrived whole, nothing is written. */
  'page-answered',
  /** In the middle of a page: a row is written, the rest is not. */
  'row-written',
  /** Everything of a transaction is written, the commit is next. */
  'before-commit',
  /** It is committed and nobody has been told. */
  'after-commit',
  /** The raw answers are complete beside their place. */
  'dump-renamed',
  /** The version's row is written, not committed. */
  'seal',
  /** The version is sealed, its run is over, nobody has been told. */
  'sealed',
  /** A row that is gone is closed, not committed. */
  'row-closed',
  /** A question of the delete pass leaves. */
  'deletes-asked',
  /** A transaction that failed is about to be taken back. */
  'before-undo',
] as const

export type Point = (typeof points)[number]

export type Order =
  /** Sends `signal` to itself the `nth` time the point is reached from now. */
  | { kind: 'strike'; point: Point; nth: number; signal: 'SIGKILL' | 'SIGSTOP' }
  /** The strike that has not come is forgotten. */
  | { kind: 'spare' }
  /** The clock shows this much more than the machine's; timers and `performance` run as they did. */
  | { kind: 'clock'; offsetMs: number }
  /** The database file may grow by this many pages from now; null: without limit. */
  | { kind: 'room'; pages: number | null }
