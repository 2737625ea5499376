/** A closed window of `(sys_updated_on, sys_id)`: what one request asks for. */
import type { SysId, UtcStamp } from '../base/values.ts'

/**
 * Inclusive at both ends. `from: null` is the beginning of time; `to: null` is open-ended (rows beyond the cap). Without either it is
 * walked by id alone.
 */
export interface Slice {
  from: UtcStamp | null
  to: UtcStamp | null
  /** Only within one second (`from === to`) or without stamps: ids greater than this one. */
  after?: SysId
  /** Only there too: ids that begin with these hexadecimal characters. */
  prefix?: string
}
