/** How one record differs between two versions, told alike by every driver. */
import type { SysId } from '../base/values.ts'
import type { VersionDifference } from '../model/dataset-version.ts'

interface Content {
  hash: string
  body: string
}

/** Null when both hold it alike, or neither holds it. */
export function difference(
  sysId: SysId,
  before: Content | undefined,
  after: Content | undefined,
): VersionDifference | null {
  if (before?.hash === after?.hash) return null
  const kind = before === undefined ? 'added' : after === undefined ? 'deleted' : 'updated'
  return { sysId, kind, before: before?.body ?? null, after: after?.body ?? null }
}
