/** Which stored services are ServiceNow, and which addresses may be dialled for them. Pure. */
import { ConfigError, parseInstanceUrl } from '@snowline/sdk'
import { ProblemError } from '../problem/problem-error.ts'

export const SERVICENOW = 'servicenow'

export interface Recognisable {
  serviceName: string
  connectorType: string | null
  url: unknown
}

/**
 * What kind of service a row is: as stated, else `servicenow` by its name or its address, else null.
 *
 * @example connectorOf({ serviceName: 'Service-Now prod', connectorType: null, url: '' }, [])  // 'servicenow'
 */
export function connectorOf(row: Recognisable, allowedOrigins: readonly string[]): string | null {
  if (row.connectorType !== null) return row.connectorType
  if (row.serviceName.toLowerCase().replace(/[\s-]/g, '').includes(SERVICENOW)) return SERVICENOW
  return isInstanceAddress(row.url, allowedOrigins) ? SERVICENOW : null
}

function isInstanceAddress(url: unknown, allowedOrigins: readonly string[]): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false
  const { hostname, origin, protocol } = new URL(url)
  if (allowedOrigins.includes(origin)) return true
  return /^https?:$/.test(protocol) && hostname.endsWith('.service-now.com')
}

/**
 * The origin of an instance's address; a trailing slash or a pasted path is cut.
 *
 * @param member the member of the configuration to name when it is refused
 * @throws ProblemError `url_not_allowed` or `destination_blocked`
 */
export function instanceOrigin(input: string, allowedOrigins: readonly string[], member = 'url'): string {
  try {
    return parseInstanceUrl(input, allowedOrigins)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [problem] = error.problems
    const code = problem?.code === 'url_not_allowed' ? 'url_not_allowed' : 'destination_blocked'
    throw new ProblemError(code, `config.${member} ${problem?.message ?? 'is not allowed'}`, {
      hint: 'Use https://your-instance.service-now.com, or add the exact origin to SN_ALLOWED_ORIGINS.',
      errors: [{ path: `config.${member}`, message: problem?.message ?? 'is not allowed' }],
    })
  }
}

/** The address of a token endpoint, whole; its origin obeys the rules of an instance. */
export function tokenUrl(input: string, allowedOrigins: readonly string[]): string {
  instanceOrigin(input, allowedOrigins, 'token_url')
  if (!URL.canParse(input)) {
    throw new ProblemError('url_not_allowed', 'config.token_url must be a whole address with https://.')
  }
  return new URL(input).href
}
