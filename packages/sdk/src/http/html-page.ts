/** Tells by its markers which page of HTML an instance sent in place of JSON. */

export type HtmlPage = 'hibernating' | 'login_page' | 'maintenance' | 'html'

const hibernating = /instance-hibernating-page|instance hibernating page|your instance is hibernating/i
const maintenance =
  /maintenance|upgrade in progress|being upgraded|temporarily unavailable|instance is (?:currently )?(?:unavailable|offline|restarting)|node is (?:starting|not ready)/i
const login =
  /id="?user_password|name="?user_password|type="?password|login\.do|login_page|login_with_sso|SAMLRequest|<title>[^<]*(?:log ?in|sign ?in|single sign)/i

/** True when an answer is a page: by its content type, or because its body begins like one. */
export function isHtml(contentType: string | null, text: string): boolean {
  return (
    /^\s*(?:text\/html|application\/xhtml)/i.test(contentType ?? '') ||
    /^\s*<(?:!doctype|html|head|body)/i.test(text)
  )
}

/** Which page it is. Only the first 64 KiB are looked at. Example: a page titled `Instance Hibernating page` is `'hibernating'`. */
export function classifyHtml(text: string): HtmlPage {
  const head = text.slice(0, 65_536)
  if (hibernating.test(head)) return 'hibernating'
  if (login.test(head)) return 'login_page'
  if (maintenance.test(head)) return 'maintenance'
  return 'html'
}
