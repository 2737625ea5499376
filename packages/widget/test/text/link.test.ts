import { expect, test } from 'vitest'
import { toInstanceLink, toSafeLink } from '../../src/text/link.ts'

const instance = 'https://dev1.service-now.com'

test.each([
  ['https://dev1.service-now.com/nav_to.do?uri=x', instance, 'https://dev1.service-now.com/nav_to.do?uri=x'],
  ['http://127.0.0.1:4412/incident.do', 'http://127.0.0.1:4412', 'http://127.0.0.1:4412/incident.do'],
  ['http://127.0.0.1:4412/incident.do', instance, null],
  ['http://127.0.0.1:4413/incident.do', 'http://127.0.0.1:4412', null],
  ['javascript:alert(1)', 'javascript:alert(1)', null],
  [' java\nscript:alert(1)', instance, null],
  ['data:text/html,<script>1</script>', instance, null],
  ['//evil.test/x', instance, null],
  ['/relative', instance, null],
  ['https://dev1.service-now.com@evil.test/', instance, null],
  ['https://user:pass@dev1.service-now.com/', instance, null],
  ['', instance, null],
  [null, instance, null],
])('%j beside the instance %j gives %j', (address, origin, link) => {
  expect(toSafeLink(address, origin)).toBe(link)
})

test('quotes and angle brackets in an address come out encoded', () => {
  expect(toSafeLink('https://dev1.service-now.com/x?id="><img src=x>', instance)).toBe(
    'https://dev1.service-now.com/x?id=%22%3E%3Cimg%20src=x%3E',
  )
})

test.each([
  ['https://dev1.service-now.com/some/page', 'https://dev1.service-now.com/'],
  ['dev1.service-now.com', 'https://dev1.service-now.com/'],
  ['http://127.0.0.1:4412', 'http://127.0.0.1:4412/'],
  ['javascript://evil', null],
  [null, null],
])('the front door of %j is %j', (address, link) => {
  expect(toInstanceLink(address)).toBe(link)
})
