/** The shape of those who may sign in. */
import type { UserOptions } from '../acl.ts'
import { demandColumn, type Names, tableOf } from './names.ts'
import { also, column, inside, list, mapOf, object, oneOf, type Shape, such, words } from './shape.ts'

function isZone(value: unknown): boolean {
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined
  } catch {
    return false
  }
}

const zone = such(isZone, 'a time zone', 'Write an IANA zone, such as "Europe/Berlin".')

/** Whether a pattern has a year, a month and a day once each, and no other letters: those would stand in every date as they are. */
function isDateFormat(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const parts = value.match(/yyyy|MMM|MM|dd/g) ?? []
  const rest = value.replace(/yyyy|MMM|MM|dd/g, '')
  const kinds = new Set(parts.map((part) => part.slice(0, 1)))
  return parts.length === 3 && kinds.size === 3 && !/[\p{L}\p{N}]/u.test(rest)
}

const dateFormat = such(
  isDateFormat,
  'a pattern of dates',
  'Write yyyy, MM (or MMM) and dd, once each, such as "dd.MM.yyyy".',
)

/** Somebody who may sign in to an instance that has these names. */
export function personShape(names: Names): Shape {
  const table = tableOf(names)
  const unreadable = also<Readonly<Record<string, readonly string[]>>>(
    mapOf(list(column), table),
    (byTable, path, problems) => {
      for (const [name, columns] of Object.entries(byTable))
        for (const [at, each] of columns.entries())
          demandColumn(names, name, each, { path: `${inside(path, name)}[${at}]`, problems })
    },
  )
  return object<UserOptions>(
    {
      user: words,
      password: words,
      roles: list(words),
      name: words,
      sysId: words,
      timeZone: zone,
      dateFormat,
      domain: words,
      mfaCode: words,
      cannot: mapOf(list(oneOf(['read', 'insert', 'update', 'delete'])), table),
      unreadable,
    },
    ['user', 'password'],
  )
}
