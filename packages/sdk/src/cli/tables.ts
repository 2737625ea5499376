/** Names of tables as a command takes them. */
import { isName } from '../typegen/dictionary.ts'

/** `'incident, sys_user'` is `['incident', 'sys_user']`. Throws TypeError when there is none, and for what is no name. */
export function tablesOf(text: string | undefined): string[] {
  const names = (text ?? '').split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  if (given.length === 0)
    throw new TypeError('--tables is missing: name them, for example --tables incident,sys_user.')
  const wrong = given.find((name) => !isName(name))
  if (wrong === undefined) return given
  throw new TypeError(
    `"${wrong.slice(0, 80)}" is no name of a table: lower-case letters, digits and underscores.`,
  )
}
