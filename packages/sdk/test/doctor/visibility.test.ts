/** What the doctor says of rows that are hidden, counts that are missing, and columns that may not be searched by range. */
import { expect, test } from 'vitest'
import { check, lines, openWard } from './examine.ts'

/** Incidents by age, oldest first. */
function byAge(records: Record<string, string>[]): string[] {
  return records
    .sort((a, b) => ((a.sys_updated_on ?? '') < (b.sys_updated_on ?? '') ? -1 : 1))
    .map(({ sys_id = '' }) => sys_id)
}

test('most rows are hidden, and none of the newest', async () => {
  const { instance, examine } = openWard()
  instance.control.hide(byAge(instance.control.records('incident')).slice(0, 150))
  const report = await examine()
  expect(check(report, 'count')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^Of 10 records asked for \d came: of the 200 counted, some are hidden/),
  })
})

test('an instance that does not count', async () => {
  const { instance } = openWard()
  const uncounted = async (request: Request) => {
    const { body, headers, status } = await instance.fetch(request)
    const kept = new Headers(headers)
    kept.delete('x-total-count')
    return new Response(body, { status, headers: kept })
  }
  expect(check(await openWard({}, { fetch: uncounted }).examine(), 'count')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/does not count \(X-Total-Count is missing\)/),
    mend: expect.stringMatching(/X-Total-Count/),
  })
})

test.each([
  ['sys_id', 'ignored'],
  ['sys_id', 'forbidden'],
  ['sys_updated_on', 'ignored'],
  ['sys_updated_on', 'forbidden'],
] as const)(
  'a query ACL on %s that is %s: the order check names that column alone',
  async (field, answer) => {
    const { instance, examine } = openWard()
    instance.control.queryAcl({ table: 'incident', field, answer })
    const report = await examine()
    expect(lines(report)).toContain('read incident ok')
    expect(check(report, 'order')).toMatchObject({
      status: 'fail',
      message: `Order or ranges of ${field} are not obeyed for this user.`,
      mend: expect.stringMatching(`query_range on incident.${field} \\(query ACLs\\)`),
    })
    expect(lines(report).filter((line) => line.startsWith('count'))).toEqual([])
  },
)
