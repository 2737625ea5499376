/** A change stream played as it is, and deletes by nobody in particular. */
import type { Principal } from './acl.ts'
import { toStamp } from './stamp.ts'
import type { RawRecord } from './table-store.ts'
import type { World } from './world.ts'
import { deleteRecord } from './write.ts'

/** One line of a change stream. */
export interface PlayLine {
  readonly seq?: number
  /** ISO 8601 instant; the clock is set to it. */
  readonly at: string
  readonly op: 'insert' | 'update' | 'delete'
  readonly sys_id: string
  /** Default `incident`. */
  readonly table?: string
  /** Raw values, stored as they are. */
  readonly set?: RawRecord
}

/** Who does what no request asked for: the first user. */
export function systemOf({ access }: World): Principal {
  const [first] = access.principals
  if (!first) throw new RangeError('The instance has no user who could do that')
  return first
}

/** Sets the clock to a line and stores what it says, without stamps or rules of its own. */
export function playLine(world: World, line: PlayLine): void {
  const { database, clock, commits } = world
  const table = database.need(line.table ?? 'incident')
  const { op, sys_id: id, set = {} } = line
  clock.set(line.at)
  commits.settle()
  if (op === 'delete') {
    deleteRecord(world, table, id, { by: systemOf(world), writer: 'play' })
    return
  }
  const row = commits.latest(table, id)
  const stamp = toStamp(clock.now().getTime())
  const fresh: RawRecord = row ? {} : { sys_created_on: stamp, sys_updated_on: stamp }
  const content = table.contentOf({ ...fresh, ...set, sys_id: id }, row)
  commits.commit([{ op: row ? 'update' : 'insert', table, id, content }], 'play')
}
