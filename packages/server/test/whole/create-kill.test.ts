/** `kill -9` around a create, answers that are lost, a hundred presses at once: one incident each time, and the ticket links by itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createInstance, type Instance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import { freePort, ServerProcess } from './server-process.ts'

const KILLS = Math.min(50, Number(process.env.KILLS ?? 8))

interface Ticket {
  id: string
  sn_sys_id: string | null
  sn_number: string | null
  sn_sync_status: string | null
}

async function newTicket(server: ServerProcess, n: number): Promise<string> {
  const { status, body } = await server.call('POST', '/api/tickets', {
    subject: `Printer ${n} does not answer`,
    description: 'Since this morning.',
    priority: 'high',
    category: 'hardware',
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return String((body.ticket as Ticket).id)
}

/** Every incident that our tickets made, by the key it carries. */
function made(instance: Instance): Map<string, Record<string, string>[]> {
  const ours = instance.control.records('incident').filter((record) => record.correlation_id !== '')
  return Map.groupBy(ours, (record) => record.correlation_id ?? '')
}

function checkNoDouble(instance: Instance, told: string): void {
  for (const [key, incidents] of made(instance)) expect(incidents, `${told}: ${key}`).toHaveLength(1)
}

test(`kill -9 around a create, ${KILLS} times, and a hundred presses at once`, {
  timeout: 3_600_000,
}, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000)
  console.log(`create and kill -9: SEED=${seed}`)
  const random = randomOf(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-create-'))
  const instance = createInstance({ seed: 1, incidents: 20, latencyMs: 60, clock: { now: () => Date.now() } })
  const simulator = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
  const port = await freePort()
  const env = {
    SN_INSTANCE_URL: simulator.url,
    SN_ALLOWED_ORIGINS: simulator.url,
    SN_USERNAME: 'admin',
    SN_PASSWORD: 'admin',
    SN_TIMEOUT_MS: '2000',
    SN_AMBIGUOUS_WAIT_MS: '3000',
  }
  let server = await ServerProcess.start({ dataDir, port, env })
  try {
    await server.signIn()
    const tickets: string[] = []
    // The instance carries the request out and the answer never comes.
    instance.control.setFault({ kind: 'lost-answer', match: { method: 'POST' }, probability: 0.25 })
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const id = await newTicket(server, kill)
      tickets.push(id)
      const press = server.call('POST', `/api/sn/incidents/create-from-ticket/${id}`).catch(() => null)
      await wait(Math.floor(random() * 350))
      await server.end('SIGKILL')
      await press
      server = await ServerProcess.start({ dataDir, port, env })
      await server.signIn()
      checkNoDouble(instance, `SEED=${seed} kill ${kill}`)
    }
    instance.control.clearFaults()
    // Carried out a second after our time-out, when nobody waits for the answer any more.
    instance.control.setFault({ kind: 'late-commit', match: { method: 'POST' }, delayMs: 3_000, count: 1 })
    const late = await newTicket(server, KILLS + 1)
    tickets.push(late)
    const answer = await server.call('POST', `/api/sn/incidents/create-from-ticket/${late}`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(202)
    instance.control.clearFaults()
    const pressed = await newTicket(server, 0)
    const presses = await Promise.all(
      Array.from({ length: 100 }, () =>
        server.call('POST', `/api/sn/incidents/create-from-ticket/${pressed}`),
      ),
    )
    const statuses = new Set(presses.map((press) => press.status))
    expect(
      [...statuses].filter((status) => ![200, 201, 202].includes(status)),
      'answers of 100 presses',
    ).toEqual([])
    for (const id of [...tickets, pressed]) await press(server, id)
    const linked = await Promise.all([...tickets, pressed].map((id) => untilLinked(server, id)))
    checkNoDouble(instance, `SEED=${seed} at the end`)
    const numbers = new Map(
      instance.control.records('incident').map((record) => [record.sys_id, record.number]),
    )
    for (const ticket of linked)
      expect(numbers.get(ticket.sn_sys_id ?? ''), `ticket ${ticket.id}`).toBe(ticket.sn_number)
    expect(made(instance).size, 'each ticket has its incident').toBe(tickets.length + 1)
  } finally {
    await server.end('SIGKILL')
    await simulator.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

/** A kill may have come before the press was heard: press again, as a person would; it must not matter. */
async function press(server: ServerProcess, id: string): Promise<void> {
  const { status } = await server.call('POST', `/api/sn/incidents/create-from-ticket/${id}`)
  expect([200, 201, 202]).toContain(status)
}

/** A worker that died holds its entry for a minute; then the key is looked up and the ticket links by itself. */
async function untilLinked(server: ServerProcess, id: string): Promise<Ticket> {
  for (let look = 0; look < 180; look += 1) {
    const { body } = await server.call('GET', `/api/tickets/${id}`)
    const ticket = body.ticket as Ticket
    if (ticket.sn_number !== null && ticket.sn_sync_status === 'ok') return ticket
    await wait(1_000)
  }
  throw new Error(`ticket ${id} did not link within three minutes`)
}
