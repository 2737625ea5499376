/** The HTTP door with a real socket: answers, links by Host, cut connections, silence, and the end. */
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createInstance, type Fault } from '../src/index.ts'
import { type Served, serveInstance } from '../src/serve.ts'
import { AUTH, INCIDENT } from './door.ts'

async function open(fault?: Fault): Promise<Served & { instance: ReturnType<typeof createInstance> }> {
  const instance = createInstance({ incidents: 30 })
  if (fault) instance.control.setFault(fault)
  const served = await serveInstance(instance)
  onTestFinished(served.close)
  return { ...served, instance }
}

/** Sends one GET by hand and gives every byte that came before the socket closed. */
function raw(url: string): Promise<string> {
  const { port, hostname, host } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `GET ${INCIDENT} HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${AUTH.authorization}\r\n\r\n`,
      )
    })
    socket.on('data', (part) => {
      text += part.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}

test('answers as the instance does; links follow the address asked', async () => {
  const { url } = await open()
  const response = await fetch(`${url}${INCIDENT}?sysparm_limit=2`, { headers: AUTH })
  expect([response.status, response.headers.get('x-total-count')]).toEqual([200, '30'])
  expect(response.headers.get('link')).toContain(
    `<${url}${INCIDENT}?sysparm_limit=2&sysparm_offset=2>;rel="next"`,
  )
  expect(await response.text()).toContain(`"link":"${url}/api/now/table/sys_user/`)
})

test('an address that is none, and a method that no fetch sends, are 400 and no silence', async () => {
  const { url } = await open()
  const { port, hostname } = new URL(url)
  const first = (line: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`${line} HTTP/1.1\r\nhost: x\r\n\r\n`),
      )
      socket.on('data', (part) => {
        resolve(part.toString().slice(0, 12))
        socket.destroy()
      })
      socket.on('close', () => resolve(''))
    })
  expect([await first('GET //'), await first(`TRACE ${INCIDENT}`)]).toEqual(['HTTP/1.1 400', 'HTTP/1.1 400'])
})

test('writes arrive with their bodies, beyond ASCII too', async () => {
  const { url } = await open()
  const headers = { ...AUTH, 'content-type': 'application/json' }
  const body = JSON.stringify({ short_description: 'Drucker läuft über \u{1F5A8}' })
  const response = await fetch(`${url}${INCIDENT}`, { method: 'POST', headers, body })
  expect(response.status).toBe(201)
  expect(await response.json()).toMatchObject({
    result: { short_description: 'Drucker läuft über \u{1F5A8}' },
  })
  const gone = await fetch(response.headers.get('location') ?? '', { method: 'DELETE', headers: AUTH })
  expect(gone.status).toBe(204)
})

test('a cut leaves half a body and no last chunk on the wire', async () => {
  const { url } = await open({ kind: 'cut' })
  const text = await raw(url)
  expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(text).toContain('{"result":[{')
  expect(text.endsWith('0\r\n\r\n')).toBe(false)
  const response = await fetch(`${url}${INCIDENT}`, { headers: AUTH })
  expect(response.status).toBe(200)
  await expect(response.text()).rejects.toThrow('terminated')
})

test('a lost answer closes the socket without a byte, and the record is there', async () => {
  const { url, instance } = await open({ kind: 'lost-answer' })
  const headers = { ...AUTH, 'content-type': 'application/json' }
  await expect(fetch(`${url}${INCIDENT}`, { method: 'POST', headers, body: '{}' })).rejects.toThrow(
    'fetch failed',
  )
  expect(instance.control.records('incident')).toHaveLength(31)
  expect(await raw(url)).toBe('')
})

test('a hanging call ends with its client, and close ends those that still hang', async () => {
  const { url, close, instance } = await open({ kind: 'hang' })
  const gone = new AbortController()
  const first = fetch(`${url}${INCIDENT}`, { headers: AUTH, signal: gone.signal }).catch(
    (error: Error) => error.name,
  )
  const second = fetch(`${url}${INCIDENT}`, { headers: AUTH }).catch((error: Error) => error.message)
  while (instance.control.faults()[0]?.fired !== 2) await new Promise((resolve) => setImmediate(resolve))
  gone.abort()
  expect(await first).toBe('AbortError')
  await close()
  expect(await second).toBe('fetch failed')
})

test('a taken port is told', async () => {
  const { url } = await open()
  const port = Number(new URL(url).port)
  await expect(serveInstance(createInstance(), { port })).rejects.toThrow('EADDRINUSE')
})

test('answers under way at once keep to their own bytes, also when some callers leave in the middle', async () => {
  const { url, instance } = await open()
  instance.control.bulk({ seed: 3, count: 4000 })
  const path = (at: number) =>
    `${INCIDENT}?sysparm_limit=400&sysparm_offset=${at * 400}&sysparm_query=ORDERBYsys_id`
  const wanted = []
  for (let at = 0; at < 10; at++) wanted.push(await (await fetch(url + path(at), { headers: AUTH })).text())
  for (let round = 0; round < 3; round++) {
    const all = wanted.map(async (_, at) => {
      const gone = new AbortController()
      const response = await fetch(url + path(at), { headers: AUTH, signal: gone.signal })
      if (at % 3 !== round) return response.text()
      gone.abort()
      return undefined
    })
    for (const [at, text] of (await Promise.all(all)).entries())
      if (text !== undefined) expect(text === wanted[at]).toBe(true)
  }
})

test('something that only behaves like an instance is served too, cut and whole', async () => {
  const { instance } = await open({ kind: 'cut', count: 1 })
  const served = await serveInstance({ control: instance.control, fetch: (input) => instance.fetch(input) })
  onTestFinished(served.close)
  expect(await raw(served.url)).not.toContain('\r\n0\r\n\r\n')
  const response = await fetch(`${served.url}${INCIDENT}?sysparm_limit=2`, { headers: AUTH })
  expect(((await response.json()) as { result: unknown[] }).result).toHaveLength(2)
})

test('a record of 40 MiB is loaded, listed and read in one piece', async () => {
  const { url, instance } = await open()
  const sys_id = 'f'.repeat(32)
  const description = 'Lange Rede. '.repeat((40 * 1024 * 1024) / 12)
  instance.control.load('incident', [{ sys_id, description }])
  for (const path of [`${INCIDENT}/${sys_id}`, `${INCIDENT}?sysparm_query=sys_id=${sys_id}`]) {
    const response = await fetch(url + path, { headers: AUTH })
    const text = await response.text()
    expect([response.status, text.length > description.length]).toEqual([200, true])
    expect(text.includes(description)).toBe(true)
    const gone = new AbortController()
    const left = await fetch(url + path, { headers: AUTH, signal: gone.signal })
    await left.body?.getReader().read()
    gone.abort()
  }
  expect((await fetch(`${url}${INCIDENT}?sysparm_limit=1`, { headers: AUTH })).status).toBe(200)
})
