/** The command as a process: ready line, data, a clean end on SIGTERM, one line for a wrong option. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { OPTIONS } from '../src/options.ts'
import { presetNames } from '../src/scenario.ts'
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
      const url = /^ready (https?:\S+)$/m.exec(out)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', () => reject(new Error(err)))
  })
  // A test that expects a refusal never asks for the address.
  ready.catch(() => undefined)
  return { child, ready, ended, err: () => err, out: () => out }
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

test('a preset is served, changed by single options; the page is there for people', async () => {
  const { child, ready } = run('--port', '0', '--preset', 'asleep', '--incidents', '5', '--busy', '0')
  const url = await ready
  const page = await fetch(`${url}${INCIDENT}`, { headers: AUTH })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=UTF-8'])
  await fetch(`${url}/__sim/faults`, { method: 'DELETE' })
  const list = await fetch(`${url}${INCIDENT}?sysparm_limit=1`, { headers: AUTH })
  expect([list.status, list.headers.get('x-total-count')]).toEqual([200, '5'])
  expect(await (await fetch(`${url}/`)).text()).toContain('<title>Pretend instance</title>')
  child.kill('SIGTERM')
})

test('a scenario file is served; a wrong one is told with place and mend', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'few.json')
  writeFileSync(file, JSON.stringify({ incidents: 2, users: [{ user: 'kim', password: 'k' }] }))
  const { child, ready } = run('--port', '0', '--scenario', file)
  const headers = { authorization: `Basic ${btoa('kim:k')}` }
  const list = await fetch(`${await ready}${INCIDENT}?sysparm_limit=1`, { headers })
  expect([list.status, list.headers.get('x-total-count')]).toEqual([200, '2'])
  child.kill('SIGTERM')
  writeFileSync(file, JSON.stringify({ incident: 2 }))
  const wrong = run('--scenario', file)
  expect(await wrong.ended).toBe(1)
  expect(wrong.err()).toContain(
    'few.json has one fault:\n  incident: There is no such name. Did you mean "incidents"?',
  )
})

test('an unknown preset is told', async () => {
  const { ended, err } = run('--preset', 'angry')
  expect(await ended).toBe(1)
  expect(err()).toBe(
    'snowline-simulator: --preset: there is no preset "angry". Known: healthy, customised, hostile, busy, asleep.\n',
  )
})

test.each([
  [['--prot', '80'], 'unknown option --prot; did you mean --port?\nunknown word "80"; options begin with --'],
  [['-p', '80'], 'unknown option -p; did you mean --port?\nunknown word "80"; options begin with --'],
  [['hostile'], 'unknown word "hostile"; options begin with --'],
  [['--tls=maybe'], '--tls takes no value, not "maybe"'],
  [['--user'], '--user needs a value'],
  [['--user', '--tls'], '--user needs a value; one that begins with - is written --user=--tls'],
  [['--preset='], '--preset needs a value'],
  [['--no-tls', '--zzzzzzzz'], 'unknown option --no-tls\nunknown option --zzzzzzzz'],
])('%j is told, nothing is started, and the code is 2', async (args, wanted) => {
  const { ended, err, out } = run('--port', '0', ...args)
  expect([await ended, out()]).toEqual([2, ''])
  const lines = `${wanted}\n--help shows the options`.split('\n')
  expect(err()).toBe(lines.map((line) => `snowline-simulator: ${line}\n`).join(''))
})

test('--help fits 80 columns, has no colours, and names every option and preset', async () => {
  for (const word of ['--help', '-h']) {
    const { ended, out, err } = run(word)
    expect([await ended, err()]).toEqual([0, ''])
    expect(
      Math.max(
        ...out()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80)
    expect(out()).toMatch(/^[\x20-\x7e\n]+$/)
    for (const name of [...Object.keys(OPTIONS).map((each) => `--${each}`), ...presetNames])
      expect(out()).toContain(`  ${name} `.trimEnd())
  }
})

test('--version is that of the package', async () => {
  const { ended, out } = run('--version')
  expect(await ended).toBe(0)
  expect(out()).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

test('--tls serves HTTPS with a certificate of its own', async () => {
  const { ready, child } = run('--port', '0', '--incidents', '1', '--tls')
  expect(await ready).toMatch(/^https:/)
  child.kill('SIGTERM')
})
