/** People and groups found by what people call them; loaded with the first look-up. */
import type { Clock } from '../base/clock.ts'
import { QueryError } from '../base/errors.ts'
import { untilAborted } from '../http/call.ts'
import type { Completed, Exchange } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import { query } from '../query/query.ts'
import type { GroupRecord } from '../tables/group.ts'
import type { UserRecord } from '../tables/user.ts'
import { readPage } from './page.ts'
import type { Recent } from './recent.ts'
import { createRecent } from './recent.ts'
import { tableUrl } from './url.ts'
import type { CallOptions } from './write-options.ts'

/** What a look-up found. Neither e-mail addresses nor names are unique on an instance, so a single match is told from several. */
export interface LookUp<R> {
  /** The record, when exactly one active record matches; else null. */
  record: R | null
  /** 0, 1, or 2 for "several". */
  matches: number
}

/** Names exactly one of the keys. */
type OneOf<Keys extends string> = {
  [K in Keys]: { readonly [P in K]: string } & { readonly [P in Exclude<Keys, K>]?: never }
}[Keys]

/** By exactly one of these; compared without regard to case. Example: `{ email: 'abel.tuter@example.com' }`. */
export type UserKey = OneOf<'email' | 'userName' | 'name'>

/** By exactly one of these; compared without regard to case. Example: `{ name: 'Service Desk' }`. */
export type GroupKey = OneOf<'name' | 'email'>

/** Looks people and groups up. Throws QueryError unless exactly one key is given. */
export interface Directory {
  user(key: UserKey, options: CallOptions): Promise<Completed<LookUp<UserRecord>>>
  group(key: GroupKey, options: CallOptions): Promise<Completed<LookUp<GroupRecord>>>
}

const size = 500
const lifeMs = 5 * 60_000
const userColumns = { email: 'email', userName: 'user_name', name: 'name' } as const
const groupColumns = { name: 'name', email: 'email' } as const

/** A directory that remembers 500 answers for five minutes each. */
export function createDirectory(exchange: Exchange, origin: string, clock: Clock): Directory {
  const users = createRecent<Completed<LookUp<UserRecord>>>({ clock, size, lifeMs })
  const groups = createRecent<Completed<LookUp<GroupRecord>>>({ clock, size, lifeMs })
  const find = async <R>(table: string, { field, value }: Sought): Promise<Completed<LookUp<R>>> => {
    const tree = query().field(field).eq(value).field('active').eq(true).orderBy('sys_id')
    const completed = await readPage(exchange, tableUrl(origin, table), {
      query: encodeQuery(tree),
      limit: 2,
      noCount: true,
    })
    // An instance drops a condition it does not know or may not compare; a stranger is no match.
    const rows = completed.data.records.filter(
      (row) => String(row[field] ?? '').toLowerCase() === value.toLowerCase(),
    )
    const [first] = rows
    const record = rows.length === 1 && first !== undefined ? (first as R) : null
    return { ...completed, data: { record, matches: rows.length } }
  }
  return {
    user: async (key, options) => {
      const sought = soughtBy(key, userColumns)
      return remembered(users, sought, options, () => find<UserRecord>('sys_user', sought))
    },
    group: async (key, options) => {
      const sought = soughtBy(key, groupColumns)
      return remembered(groups, sought, options, () => find<GroupRecord>('sys_user_group', sought))
    },
  }
}

interface Sought {
  field: string
  value: string
}

function soughtBy(key: object, columns: Readonly<Record<string, string>>): Sought {
  const given: [string, unknown][] = Object.entries(key ?? {}).filter(([, value]) => value !== undefined)
  const [[name = '', value] = []] = given
  const field = Object.hasOwn(columns, name) ? columns[name] : undefined
  if (given.length === 1 && field !== undefined && typeof value === 'string' && value.trim() !== '') {
    return { field, value: value.trim() }
  }
  throw new QueryError('A look-up needs one text to look for.', {
    hint: `Give exactly one of ${Object.keys(columns).join(', ')}.`,
  })
}

/**
 * The shared request is nobody's to abort: each caller leaves it by its own signal. Each gets a record of its own, which it may change; a
 * remembered one comes with the answer it was once read from.
 */
async function remembered<R>(
  recent: Recent<Completed<LookUp<R>>>,
  { field, value }: Sought,
  { signal }: CallOptions,
  load: () => Promise<Completed<LookUp<R>>>,
): Promise<Completed<LookUp<R>>> {
  signal?.throwIfAborted()
  const completed = await untilAborted(recent.get(`${field}=${value.toLowerCase()}`, load), signal)
  const { record, matches } = completed.data
  return { ...completed, data: { record: record === null ? null : { ...record }, matches } }
}
