/** A client that drops after each event and comes back with Last-Event-ID, also across a `kill -9`: no gap, nothing twice, one end. */
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import type { ServerProcess, SseEvent } from './server-process.ts'
import { change, checkReplay, countOf, openWorld, runOf, seedOf, settle, settleAtEnd } from './world.ts'

const RUNS = countOf('DROPPED_RUNS', 2)

/** Reads `count` events and drops the connection in the middle of whatever comes next. */
async function take(
  server: ServerProcess,
  method: string,
  path: string,
  after: string,
  count: number,
): Promise<SseEvent[]> {
  const headers = { accept: 'text/event-stream', ...(after === '' ? {} : { 'last-event-id': after }) }
  const response = await server.fetch(method, path, undefined, headers)
  expect(response.status, await (response.ok ? '' : response.text())).toBe(200)
  const events: SseEvent[] = []
  if (response.body === null) return events
  const parsed = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { id = '', event: type = '', data } of parsed) {
    events.push({ id, type, data: JSON.parse(data) as Record<string, unknown> })
    // Leaving the loop cancels the body, and with it the connection.
    if (events.length >= count) break
  }
  return events
}

test(`a client that drops after each event of ${RUNS} runs`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('dropping client')
  const random = randomOf(seed)
  const world = await openWorld({ incidents: 600, latencyMs: 5 })
  let { server } = world
  try {
    let [connections, events] = [0, 0]
    for (let run = 1; run <= RUNS; run += 1) {
      const told = `SEED=${seed} run ${run}`
      change(world, seed + run, 600)
      const killAt = run % 2 === 0 ? 1 + Math.floor(random() * 20) : Number.POSITIVE_INFINITY
      const seen = await take(server, 'POST', `/api/integrations/${world.integration}/sync`, '', 1)
      const path = `/api/runs/${runOf(seen)}/events`
      connections += 1
      while (seen.at(-1)?.type === 'progress') {
        if (seen.length === killAt) {
          await server.end('SIGKILL')
          server = await world.start()
        }
        seen.push(...(await take(server, 'GET', path, seen.at(-1)?.id ?? '', 1)))
        connections += 1
      }
      expect(
        seen.map((event) => event.id),
        `${told}: no gap, nothing twice`,
      ).toEqual(seen.map((_, index) => `${runOf(seen)}:${index + 1}`))
      events += seen.length
      await checkReplay(server, seen, told)
      await settle(world, server, told)
    }
    await settleAtEnd(world, server, seed)
    console.log(`dropping client: ${RUNS} runs, ${events} events over ${connections} connections`)
  } finally {
    await world.close()
  }
})
