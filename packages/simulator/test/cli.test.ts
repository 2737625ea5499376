/** The command as a process: ready line, data, a clean end on SIGTERM, one line for a wrong option. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { AUTH, INCIDENT } from './door.ts'

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url))

function run(...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (part) => {
    out += part
  })
  child.stderr.on('data', (part) => {
    err += part
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /^ready (http:\S+)$/m.exec(out)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', () => reject(new Error(err)))
  })
  // A test that expects a refusal never asks for the address.
  ready.catch(() => undefined)
  return { child, ready, ended, err: () => err }
}

test('serves a seeded instance until SIGTERM', async () => {
  const { child, ready, ended } = run(
    '--port',
    '0',
    '--incidents',
    '12',
    '--user',
    'bot',
    '--password',
    'p:w',
  )
  const url = await ready
  const headers = { authorization: `Basic ${btoa('bot:p:w')}` }
  const response = await fetch(`${url}${INCIDENT}?sysparm_limit=1`, { headers })
  expect([response.status, response.headers.get('x-total-count')]).toEqual([200, '12'])
  await response.text()
  expect((await fetch(`${url}${INCIDENT}`, { headers: AUTH })).status).toBe(401)
  expect(Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now())).toBeLessThan(10_000)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('a wrong option ends with one line and status 1', async () => {
  const { ended, err } = run('--port', 'many')
  expect(await ended).toBe(1)
  expect(err()).toBe('snowline-simulator: --port needs a whole number from 0, not "many"\n')
})
