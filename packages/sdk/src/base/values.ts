/** The branded scalars that travel through the SDK: ids and whole-second UTC stamps, checked once at the edge. */

/** A ServiceNow record id: 32 lower-case hexadecimal characters. */
export type SysId = string & { readonly __brand: 'SysId' }

/** An instant as ServiceNow stores it: `yyyy-MM-dd HH:mm:ss`, always UTC, whole seconds. Sorts as text. */
export type UtcStamp = string & { readonly __brand: 'UtcStamp' }

const SYS_ID = /^[0-9a-f]{32}$/
const STAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/** True when the value is a record id. Example: `isSysId('46f09e75a9fe1981 00f4ffd8d366d17b')` is `false`. */
export function isSysId(value: unknown): value is SysId {
  return typeof value === 'string' && SYS_ID.test(value)
}

/** True when the value is a UTC stamp that names a real instant. Example: `isUtcStamp('2026-02-30 00:00:00')` is `false`. */
export function isUtcStamp(value: unknown): value is UtcStamp {
  if (typeof value !== 'string' || !STAMP.test(value)) return false
  const ms = Date.parse(`${value.replace(' ', 'T')}Z`)
  return !Number.isNaN(ms) && stampFromMs(ms) === value
}

/** Milliseconds since 1970 of a stamp. Example: `stampToMs('1970-01-01 00:00:01')` is `1000`. */
export function stampToMs(stamp: UtcStamp): number {
  return Date.parse(`${stamp.replace(' ', 'T')}Z`)
}

/** The stamp of an instant, cut to the whole second. Example: `stampFromMs(1999)` is `'1970-01-01 00:00:01'`. */
export function stampFromMs(ms: number): UtcStamp {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ') as UtcStamp
}

/** The stamp moved by whole seconds. Example: `addSeconds('2026-01-01 00:00:00', -1)` is `'2025-12-31 23:59:59'`. */
export function addSeconds(stamp: UtcStamp, seconds: number): UtcStamp {
  return stampFromMs(stampToMs(stamp) + seconds * 1000)
}

/** The later of two stamps, where `null` is earlier than everything. */
export function laterStamp(a: UtcStamp | null, b: UtcStamp | null): UtcStamp | null {
  if (a === null) return b
  if (b === null) return a
  return a > b ? a : b
}

/** ISO 8601 with `Z`. Example: `stampToIso('2026-01-01 10:00:00')` is `'2026-01-01T10:00:00Z'`. */
export function stampToIso(stamp: UtcStamp): string {
  return `${stamp.replace(' ', 'T')}Z`
}
