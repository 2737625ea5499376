/** Where credentials may go: the addresses of abuse cases 12 and 13, each refused by its code. */
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { parseInstanceUrl } from '../../src/http/guard.ts'

test.each<[string, string]>([
  ['dev12345', 'https://dev12345.service-now.com'],
  ['  Dev12345 ', 'https://dev12345.service-now.com'],
  ['dev12345.service-now.com', 'https://dev12345.service-now.com'],
  ['https://dev12345.service-now.com', 'https://dev12345.service-now.com'],
  ['https://dev12345.service-now.com:443/nav_to.do?uri=x#y', 'https://dev12345.service-now.com'],
  ['https://my.test.service-now.com/', 'https://my.test.service-now.com'],
  ['DEV12345.SERVICE-NOW.COM/', 'https://dev12345.service-now.com'],
])('%j is %s', (input, origin) => {
  expect(parseInstanceUrl(input)).toBe(origin)
})

test.each<[string, string]>([
  ['', 'url_not_allowed'],
  ['http://dev12345.service-now.com', 'url_not_allowed'],
  ['ftp://dev12345.service-now.com', 'url_not_allowed'],
  ['file:///etc/passwd', 'url_not_allowed'],
  ['data:text/plain,x', 'url_not_allowed'],
  ['javascript:alert(1)', 'url_not_allowed'],
  ['https://user:pass@dev12345.service-now.com', 'url_not_allowed'],
  ['https://user@dev12345.service-now.com', 'url_not_allowed'],
  ['https://dev12345.service-now.com:22', 'url_not_allowed'],
  ['dev12345.service-now.com:8443', 'url_not_allowed'],
  ['https://', 'url_not_allowed'],
  ['https://127.0.0.1', 'destination_blocked'],
  ['https://0x7f.1', 'destination_blocked'],
  ['2130706433', 'destination_blocked'],
  ['https://[::1]', 'destination_blocked'],
  ['https://[::ffff:a9fe:a9fe]', 'destination_blocked'],
  ['https://0.0.0.0', 'destination_blocked'],
  ['https://169.254.169.254', 'destination_blocked'],
  ['https://metadata.google.internal', 'destination_blocked'],
  ['localhost', 'destination_blocked'],
  ['https://evil\\@dev1.service-now.com', 'destination_blocked'],
  ['https://service-now.com', 'destination_blocked'],
  ['https://dev1.service-now.com.evil.example', 'destination_blocked'],
  ['https://evilservice-now.com', 'destination_blocked'],
  ['https://dev1.service-now.com.', 'destination_blocked'],
  ['https://dev1。service-now。com.evil.example', 'destination_blocked'],
])('%j is refused as %s', (input, code) => {
  const failure = catchError(() => parseInstanceUrl(input))
  expect(failure).toBeInstanceOf(ConfigError)
  expect((failure as ConfigError).problems).toMatchObject([{ key: 'instanceUrl', code }])
  if (input.length > 3) expect((failure as ConfigError).message).not.toContain(input)
})

test('an allowed origin is matched exactly', () => {
  const allowed = ['http://127.0.0.1:4412', 'https://help.example.com', 'no url']
  expect(parseInstanceUrl('http://127.0.0.1:4412/', allowed)).toBe('http://127.0.0.1:4412')
  expect(parseInstanceUrl('https://help.example.com/x', allowed)).toBe('https://help.example.com')
  expect(parseInstanceUrl('127.0.0.1:4412', ['https://127.0.0.1:4412'])).toBe('https://127.0.0.1:4412')
  const others = [
    'http://127.0.0.1:4413',
    'http://help.example.com',
    'https://a.help.example.com',
    'http://u@127.0.0.1:4412',
    'data:x',
  ]
  for (const other of others)
    expect(catchError(() => parseInstanceUrl(other, allowed))).toBeInstanceOf(ConfigError)
})

function catchError(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
