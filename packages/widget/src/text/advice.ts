/** What to do about an error code, where the server gave no hint of its own. */

const advice: Readonly<Record<string, string>> = {
  sn_forbidden: 'The account that connects to ServiceNow lacks a permission. An administrator can grant it.',
  sn_unavailable: 'The instance is asleep. Open it once to wake it, then try again.',
  sn_auth_failed: 'ServiceNow refused the sign-in. An administrator can renew the credentials.',
  sn_rate_limited: 'ServiceNow asks for a pause. Try again in a moment.',
  sn_timeout: 'ServiceNow took too long. Try again in a moment.',
  sn_unreachable: 'ServiceNow could not be reached. Try again in a moment.',
  mapping_failed: 'Something the instance requires is missing. Fill it in and send again.',
  sn_not_configured: 'An administrator can connect ServiceNow.',
  forbidden: 'An administrator can give you the permission.',
  network: 'The server did not answer, so it may have been done. Look how things stand before trying again.',
  link_mismatch: 'The link has changed meanwhile. It has been read again.',
  already_linked: 'The ticket or the incident is linked already.',
}

/** Empty for codes without advice. */
export function whatNow(code: string): string {
  return Object.hasOwn(advice, code) ? (advice[code] ?? '') : ''
}
