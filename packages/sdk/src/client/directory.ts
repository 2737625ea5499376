/** People and groups found by what people call them; loaded with the first look-up. */
import type { Clock } from '../base/clock.ts'
import { QueryError } from '../base/errors.ts'
import { untilAborted } from '../http/call.ts'
import type { Exchange } from '../http/exchange.ts'
import { encodeQuery } from '../query/encode.ts'
import { query } from '../query/query.ts'
import type { GroupRecord } from '../tables/group.ts'
import type { UserRecord } from '../tables/user.ts'
import { readPage } from './page.ts'
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

/** By exactly one of these. */
export type UserKey = { email: string } | { userName: string } | { name: string }
export type GroupKey = { name: string } | { email: string }

export interface Directory {
  user(key: UserKey, options: CallOptions): Promise<LookUp<UserRecord>>
  group(key: GroupKey, options: CallOptions): Promise<LookUp<GroupRecord>>
}

const size = 500
const lifeMs = 5 * 60_000

/** A directory that remembers 500 answers for five minutes each. */
export function createDirectory(exchange: Exchange, origin: string, clock: Clock): Directory {
  const users = createRecent<LookUp<UserRecord>>({ clock, size, lifeMs })
  const groups = createRecent<LookUp<GroupRecord>>({ clock, size, lifeMs })
  const find = async <R>(
    table: string,
    field: string,
    value: string,
    options: CallOptions,
  ): Promise<LookUp<R>> => {
    const tree = query().field(field).eq(value).field('active').eq(true).orderBy('sys_id')
    const { data } = await readPage(exchange, tableUrl(origin, table), {
      query: encodeQuery(tree),
      limit: 2,
      noCount: true,
      ...options,
    })
    // An instance drops a condition it does not know or may not compare; a stranger is no match.
    const rows = data.records.filter((row) => String(row[field] ?? '').toLowerCase() === value.toLowerCase())
    const [first] = rows
    return { record: rows.length === 1 && first !== undefined ? (first as R) : null, matches: rows.length }
  }
  return {
    user(key, options) {
      const [field, value] =
        'email' in key
          ? ['email', key.email]
          : 'userName' in key
            ? ['user_name', key.userName]
            : ['name', key.name]
      return remembered(users, field, value, options, (call) =>
        find<UserRecord>('sys_user', field, checked(value), call),
      )
    },
    group(key, options) {
      const [field, value] = 'email' in key ? ['email', key.email] : ['name', key.name]
      return remembered(groups, field, value, options, (call) =>
        find<GroupRecord>('sys_user_group', field, checked(value), call),
      )
    },
  }
}

/** The shared request is nobody's to abort: each caller leaves it by its own signal. */
async function remembered<T>(
  recent: { get(key: string, load: () => Promise<T>): Promise<T> },
  field: string,
  value: string,
  { signal }: CallOptions,
  load: (call: CallOptions) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  return untilAborted(
    recent.get(`${field}=${value.trim().toLowerCase()}`, () => load({})),
    signal,
  )
}

function checked(value: string): string {
  const text = value.trim()
  if (text !== '') return text
  throw new QueryError('A look-up needs a text to look for.')
}
