/** Addresses given as a path: checked to stay on the instance, where the credentials belong. */
import { QueryError } from '../base/errors.ts'

/** The URL of a path and its query. Throws QueryError when the path does not begin with `/`, or leads away from the instance. */
export function addressOf(
  origin: string,
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): URL {
  const url = URL.canParse(path, origin) ? new URL(path, origin) : null
  if (
    typeof path !== 'string' ||
    !path.startsWith('/') ||
    url === null ||
    url.origin !== origin ||
    url.username !== ''
  ) {
    throw new QueryError('The path must begin with a slash and stay on the instance.', {
      hint: 'Give the path of the API, for example /api/now/stats/incident, and its parameters as query.',
    })
  }
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}
