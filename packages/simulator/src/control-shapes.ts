/** The shapes of what only control methods take: records, change streams, random work, files. */
import type { AttachedFile } from './attached.ts'
import { INSTANT_MEND, isInstant } from './clock.ts'
import type { MutateOptions } from './mutate.ts'
import type { PlayLine } from './play.ts'
import { type Names, tableOf } from './scenario/names.ts'
import {
  also,
  headerText,
  inside,
  isFields,
  list,
  mapBy,
  mapOf,
  number,
  object,
  oneOf,
  type Shape,
  scalar,
  such,
  text,
  whole,
  words,
} from './scenario/shape.ts'
import type { BulkSeed } from './seed/bulk.ts'

/** An instant as the clock takes it. */
export const instant = such(isInstant, 'an instant', INSTANT_MEND)

/** A raw record with its sys_id. It is asked of every record of a load, so it looks at each value with as little as it can. */
export const rawRecord: Shape = (value, path, problems) => {
  if (!isFields(value)) {
    problems.push({ path, message: 'This is no record.', mend: 'Write columns with their raw values.' })
    return
  }
  if (typeof value.sys_id !== 'string' || value.sys_id === '')
    problems.push({
      path: inside(path, 'sys_id'),
      message: 'A record needs a sys_id.',
      mend: 'Write 32 hexadecimal digits, in quotes.',
    })
  for (const name in value)
    if (typeof value[name] !== 'string' && value[name] !== undefined)
      text(value[name], inside(path, name), problems)
}

/** Lists of raw records by table. */
export function recordsByTable(names: Names): Shape {
  return mapBy(() => list(rawRecord), tableOf(names))
}

/** Incidents that are made when they are read. */
export const bulkSeed = also<BulkSeed>(
  object<BulkSeed>({ seed: whole(0), count: whole(0), sameSecond: whole(0) }, ['seed', 'count']),
  ({ count, sameSecond = 0 }, path, problems) => {
    if (sameSecond <= count) return
    const mend = 'Write a whole number from 0 to count.'
    problems.push({ path: inside(path, 'sameSecond'), message: `${sameSecond} is more than count.`, mend })
  },
)

/** Random work. */
export const mutateOptions = object<MutateOptions>(
  { seed: whole(0), count: whole(0), lateBySeconds: number(0) },
  ['seed', 'count'],
)

/** A line of a change stream. */
export function playLine(names: Names): Shape {
  return object<PlayLine>(
    {
      seq: number(0),
      at: instant,
      op: oneOf(['insert', 'update', 'delete']),
      sys_id: words,
      table: tableOf(names),
      set: mapOf(scalar),
    },
    ['at', 'op', 'sys_id'],
  )
}

/** A file to hang on a record. */
export function attachedFile(names: Names): Shape {
  return object<AttachedFile>(
    {
      table: tableOf(names),
      sysId: words,
      fileName: words,
      contentType: headerText,
      sizeBytes: whole(0),
      seed: whole(0),
    },
    ['sysId', 'fileName', 'sizeBytes'],
  )
}
