/** Names of tables as a command takes them. */

/** `'incident, sys_user'` is `['incident', 'sys_user']`. Throws TypeError for what is no name. */
export function tablesOf(text: string | undefined): string[] {
  const names = (text ?? '').split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  const wrong = given.find((name) => !/^[a-z][a-z0-9_]{0,79}$/.test(name))
  if (wrong === undefined) return given
  throw new TypeError(
    `"${wrong.slice(0, 80)}" is no name of a table: lower-case letters, digits and underscores.`,
  )
}
