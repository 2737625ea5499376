/** The four-method logger the SDK writes to: fixed event names with fields, silent unless the host hands one in. */

/** Event names are fixed and dotted (`sync.batch.committed`); fields carry the facts. No bodies, no secrets. */
export interface Logger {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Says nothing; the default. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
