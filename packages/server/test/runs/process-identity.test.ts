import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { isDead, processIdentity } from '../../src/runs/process-identity.ts'

test('a process knows itself alive', () => {
  expect(isDead(processIdentity())).toBe(false)
})

test('a process that ended is dead, one of another host is never certain', () => {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const host = encodeURIComponent(hostname())
  expect(isDead(`${host}/${pid}/1`)).toBe(true)
  expect(isDead(`another-host/${pid}/1`)).toBe(false)
})

test.runIf(process.platform === 'linux')('the same id with another begin is another process', () => {
  expect(isDead(`${encodeURIComponent(hostname())}/${process.pid}/1`)).toBe(true)
  expect(isDead(`${encodeURIComponent(hostname())}/${process.pid}/-`)).toBe(false)
})

test('nonsense is nobody', () => {
  for (const text of ['', 'x', 'a/b/c', `${hostname()}/-1/2`]) expect(isDead(text)).toBe(false)
})
