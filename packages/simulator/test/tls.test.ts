/** HTTPS: a certificate made for the occasion, or a given one. */
import { request } from 'node:https'
import { expect, onTestFinished, test } from 'vitest'
import { createInstance } from '../src/index.ts'
import { type ServeOptions, serveInstance } from '../src/serve.ts'
import { AUTH, INCIDENT } from './door.ts'

async function open(tls: ServeOptions['tls']) {
  const served = await serveInstance(createInstance({ incidents: 2 }), tls === undefined ? {} : { tls })
  onTestFinished(served.close)
  return served
}

function get(url: string, ca?: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${INCIDENT}?sysparm_limit=1`,
      { headers: AUTH, ...(ca === undefined ? {} : { ca }) },
      (response) => {
        let text = ''
        response.on('data', (part) => {
          text += String(part)
        })
        response.on('end', () => resolve({ status: response.statusCode, text }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

test('self-signed: refused by a client that does not know it, good for one that does; links are https', async () => {
  const { url, certificate } = await open('self-signed')
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  await expect(get(url)).rejects.toThrow(/self[- ]signed/i)
  const { status, text } = await get(url, certificate)
  expect(status).toBe(200)
  expect(text).toContain(`"link":"${url}/api/now/table/`)
  expect((await get(url.replace('127.0.0.1', 'localhost'), certificate)).status).toBe(200)
})

test('a given key and certificate are used as they are', async () => {
  const { selfSigned } = await import('../src/self-signed.ts')
  const tls = selfSigned(Date.now())
  const { url, certificate } = await open(tls)
  expect(certificate).toBe(tls.cert)
  expect((await get(url, tls.cert)).status).toBe(200)
})

test('without TLS there is no certificate', async () => {
  expect((await open(undefined)).certificate).toBeUndefined()
})
