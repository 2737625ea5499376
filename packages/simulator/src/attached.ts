/** Files that the control door hangs on records: their bytes are made when somebody reads them. */
import { mixSeed } from './random.ts'
import { toStamp } from './stamp.ts'
import type { World } from './world.ts'

/** A file to hang on a record. */
export interface AttachedFile {
  /** Default `incident`. */
  readonly table?: string
  readonly sysId: string
  readonly fileName: string
  /** Default `application/octet-stream`. */
  readonly contentType?: string
  readonly sizeBytes: number
  /** Decides the bytes; default made from the name. */
  readonly seed?: number
}

/** Hangs a file on a record and gives the sys_id of the attachment. Throws `RangeError` for an unknown table or a size that cannot be. */
export function attachFile(world: World, file: AttachedFile): string {
  const { table = 'incident', sizeBytes, fileName } = file
  world.database.need(table)
  if (!Number.isInteger(sizeBytes) || sizeBytes < 0)
    throw new RangeError(`"sizeBytes" is a whole number from 0, not ${sizeBytes}`)
  const attachments = world.database.need('sys_attachment')
  const id = world.random.hex(32)
  const stamp = toStamp(world.clock.now().getTime())
  const content = attachments.contentOf({
    sys_id: id,
    table_name: table,
    table_sys_id: file.sysId,
    file_name: fileName,
    content_type: file.contentType ?? 'application/octet-stream',
    size_bytes: String(sizeBytes),
    compressed: 'false',
    sys_created_on: stamp,
    sys_updated_on: stamp,
    sys_created_by: 'system',
    sys_updated_by: 'system',
    sys_mod_count: '0',
  })
  world.commits.commit([{ op: 'insert', table: attachments, id, content }])
  world.files.make(id, { seed: file.seed ?? mixSeed(world.seed, fileName), sizeBytes })
  return id
}
