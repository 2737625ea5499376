/** A hostile instance repeats what it was sent: no secret reaches the ticket, an answer, the log, or a byte on the disk. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Desk } from '../desk.ts'

const PASSWORD = 'canary-Pa55"word\\é'

const answers: readonly { status: number; message: string }[] = [
  { status: 403, message: 'Data Policy Exception: The following fields are mandatory: ' },
  { status: 403, message: "aborted by Business Rule 'Guard^" },
  { status: 403, message: 'ACL Exception Insert Failed ' },
  { status: 403, message: '' },
  { status: 400, message: 'Invalid ' },
  { status: 404, message: 'No ' },
  { status: 401, message: 'Required ' },
  { status: 429, message: 'Slow ' },
  { status: 500, message: 'Broken ' },
]

test('whatever it answers', async () => {
  let said = answers[0]
  const forms = [
    PASSWORD,
    Buffer.from(PASSWORD).toString('base64'),
    Buffer.from(`env:${PASSWORD}`).toString('base64'),
    encodeURIComponent(PASSWORD),
    Buffer.from(PASSWORD).toString('hex'),
  ]
  const desk = await Desk.open({
    env: { SN_USERNAME: 'env', SN_PASSWORD: PASSWORD },
    wire: async (request) => {
      const echo = `${forms.join(' ')} ${request.headers.get('authorization')}`
      const error = { message: `${said?.message}${echo}`, detail: echo }
      return new Response(JSON.stringify({ error, status: 'failure' }), {
        status: said?.status ?? 500,
        headers: { 'content-type': 'application/json', 'x-transaction-id': encodeURIComponent(PASSWORD) },
      })
    },
  })
  const heard: string[] = []
  try {
    for (said of answers) {
      const { id } = await desk.ticket({ requester_email: 'a@kit.test' })
      heard.push((await desk.create(id)).text)
      heard.push((await desk.server.get(`/api/tickets/${id}/sn`)).text)
      heard.push((await desk.server.post(`/api/tickets/${id}/sn/link`, { number: 'INC0000001' })).text)
      await desk.later(400)
    }
    heard.push((await desk.server.get('/api/tickets')).text, (await desk.server.get('/api/sn/problems')).text)
    heard.push((await desk.server.get('/api/sn/health')).text, JSON.stringify(desk.server.log))
    const { dataDir } = desk.server
    for (const name of readdirSync(dataDir)) heard.push(readFileSync(join(dataDir, name)).toString('latin1'))
    for (const form of [...forms, JSON.stringify(PASSWORD).slice(1, -1)]) {
      const bytes = Buffer.from(form).toString('latin1')
      const hit = heard.findIndex((text) => text.includes(form) || text.includes(bytes))
      expect(hit, `${form} in ${heard[hit]?.slice(0, 400)}`).toBe(-1)
    }
    expect(heard.join()).toContain('ServiceNow refused: Data Policy Exception')
  } finally {
    await desk.close()
  }
})
