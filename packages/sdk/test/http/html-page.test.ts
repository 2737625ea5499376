/** Pages of HTML told apart by their markers. */
import { expect, test } from 'vitest'
import { classifyHtml, isHtml } from '../../src/http/html-page.ts'

test.each([
  ['<html><head><title>Instance Hibernating page</title></head></html>', 'hibernating'],
  ['<html><body class="instance-hibernating-page">Please sign in</body></html>', 'hibernating'],
  ['<html><body>Your instance is hibernating.</body></html>', 'hibernating'],
  ['<html><form action="login.do"><input type="password" id="user_password"></form></html>', 'login_page'],
  ['<html><title>Log in | ServiceNow</title></html>', 'login_page'],
  ['<html><form method="post"><input type="hidden" name="SAMLRequest"></form></html>', 'login_page'],
  ['<html><h1>Scheduled maintenance</h1></html>', 'maintenance'],
  ['<html><h1>The instance is currently unavailable</h1></html>', 'maintenance'],
  ['<html><h1>502 Bad Gateway</h1></html>', 'html'],
  [`<html>${'x'.repeat(70_000)}login.do</html>`, 'html'],
])('%#: %s', (text, kind) => {
  expect(classifyHtml(text.slice(0))).toBe(kind)
})

test('a page is known by its type or by its beginning', () => {
  expect(isHtml('text/html;charset=utf-8', '')).toBe(true)
  expect(isHtml('application/json', ' <!DOCTYPE html>')).toBe(true)
  expect(isHtml(null, '<HTML lang="en">')).toBe(true)
  expect(isHtml('application/json', '{"a":"<html>"}')).toBe(false)
})
