/** What an answer says when it says no: the sentence of the server with its hint, for a person. */

/**
 * @param {import('./session.js').Answer} answer
 * @returns {string}
 */
export function faultWords({ status, body }) {
  if (status === 0) return 'The server does not answer. Try again in a moment.'
  if (status === 401) return 'Your session has ended. Reload the page to sign in.'
  const said = typeof body?.detail === 'string' ? body.detail : 'This did not work.'
  return typeof body?.hint === 'string' ? `${said} ${body.hint}` : said
}
