/** Calls that fail while the doctor looks: nothing is thrown, and the mend is that of the fault. */
import type { Fault } from '@snowline/simulator'
import { expect, test } from 'vitest'
import type { DoctorCheck } from '../../src/doctor/check.ts'
import { check, openWard } from './examine.ts'

const troubles: [string, Omit<Fault, 'match'>][] = [
  ['429', { kind: 'rate-limit' }],
  ['500', { kind: 'status', status: 500 }],
  ['cut JSON', { kind: 'cut-json' }],
  ['a connection that breaks', { kind: 'lost-answer' }],
  ['an error inside a 200', { kind: 'error-in-result' }],
]

test.each(
  ['sys_audit_delete', 'sys_journal_field'].flatMap((table) =>
    troubles.map(([name, fault]) => [table, name, fault] as const),
  ),
)('%s answers with %s: no right is asked for', async (table, _, fault) => {
  const { instance, examine } = openWard()
  instance.control.setFault({ ...fault, match: { table } })
  const found = check(await examine(), table === 'sys_audit_delete' ? 'deletes' : 'journal')
  expect(found).toMatchObject({ status: 'warn', mend: expect.not.stringMatching(/Let the user/) })
})

test.each(troubles)('the question whether records show notes meets %s', async (_, fault) => {
  const { instance, examine } = openWard()
  const ids = instance.control.records('sys_journal_field').map(({ sys_id = '' }) => sys_id)
  instance.control.remove('sys_journal_field', ids, { audited: false })
  instance.control.setFault({ ...fault, match: { path: 'sysparm_fields=comments,work_notes' } })
  expect(check(await examine(), 'journal')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(
      /^The journal shows no entry, and whether records show notes is not known: /,
    ),
  })
})

test('checks of the network that throw are a warning, and the rest is looked at', async () => {
  const network = async (): Promise<DoctorCheck[]> => {
    throw Object.assign(new Error('a secret'), { code: 'EAI_AGAIN' })
  }
  const report = await openWard().examine({ network })
  expect(check(report, 'dns')).toMatchObject({
    status: 'warn',
    message: 'The checks of the network threw an error (EAI_AGAIN).',
  })
  expect(check(report, 'read').status).toBe('ok')
  expect(JSON.stringify(report)).not.toContain('a secret')
})

test.each([
  ['a code', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), / made \(ECONNREFUSED\)\.$/],
  ['words', new Error('bad port'), /network \(bad port\)\.$/],
  ['a text that may quote a header', new Error('"Basic abc" is an invalid value'), /network\.$/],
])('no connection, and the cause has %s', async (_, cause, message) => {
  const fetch = async () => {
    throw new TypeError('fetch failed', { cause })
  }
  expect(check(await openWard({}, { fetch }).examine(), 'answer').message).toMatch(message)
})
