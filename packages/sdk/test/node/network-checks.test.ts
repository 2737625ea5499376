/** DNS and TLS as Node sees them: loopback, a name that is not there, a certificate nobody vouches for. */
import { createServer as createTcp } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { expect, test } from 'vitest'
import { type NetworkOptions, networkChecks } from '../../src/node/network-checks.ts'
import { certificate, privateKey } from './localhost.ts'

const examine = networkChecks({ timeoutMs: 2_000 })

test('a name that does not resolve', async () => {
  const [dns, ...rest] = await examine('https://no-such-instance.invalid')
  expect(dns).toMatchObject({ name: 'dns', status: 'fail', mend: expect.stringMatching(/name/) })
  expect(rest).toEqual([])
})

test('http needs no certificate', async () => {
  expect(await examine('http://127.0.0.1:8')).toEqual([
    expect.objectContaining({ name: 'dns', status: 'ok' }),
  ])
})

test('a port that does not speak TLS, and one that is closed', async () => {
  const server = createTcp((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    const [, tls] = await examine(`https://127.0.0.1:${port}`)
    expect(tls).toMatchObject({
      name: 'tls',
      status: 'fail',
      message: expect.stringMatching(/No trusted connection/),
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  const [, closed] = await examine(`https://127.0.0.1:${port}`)
  expect(closed).toMatchObject({ status: 'fail', message: expect.stringMatching(/ECONNREFUSED/) })
})

test('a certificate: refused when nobody vouches for it, trusted with its authority, near its end', async () => {
  const server = createTls({ cert: certificate, key: privateKey }, (socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  try {
    const tls = async (options: NetworkOptions) => (await networkChecks(options)(origin))[1]
    expect(await tls({})).toMatchObject({
      status: 'fail',
      mend: expect.stringMatching(/NODE_EXTRA_CA_CERTS/),
    })
    expect(await tls({ ca: certificate })).toMatchObject({ name: 'tls', status: 'ok' })
    const lastWeek = () => Date.parse('Oct 29 20:03:59 2126 GMT') - 7 * 86_400_000
    expect(await tls({ ca: certificate, now: lastWeek })).toMatchObject({
      status: 'warn',
      message: 'The certificate of 127.0.0.1 ends in 7 days.',
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('an abort is thrown as it is', async () => {
  const reason = new Error('enough')
  await expect(examine('https://127.0.0.1:1', AbortSignal.abort(reason))).rejects.toBe(reason)
})
