/** A record as an instance sent it: every value a string, `sys_id` and `sys_updated_on` present and well-formed. */
import type { SysId, UtcStamp } from '../base/values.ts'

/** Raw values (`sysparm_display_value=false`, links excluded): choice codes, UTC stamps, sys_ids. Fields hidden by ACL are absent. */
export interface SourceRecord {
  readonly sys_id: SysId
  readonly sys_updated_on: UtcStamp
  readonly [field: string]: string
}
