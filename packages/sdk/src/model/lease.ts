/** Who may write for one integration: the token gives safety, the expiry only liveness. */

export interface Lease {
  /** The integration this lease guards. */
  name: string
  owner: string
  /** Strictly grows with every acquisition of the same name; every write transaction checks it first. */
  token: number
  /** Milliseconds since 1970. */
  expiresAt: number
}
