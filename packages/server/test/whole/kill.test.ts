/** `kill -9` in the middle of a sync, at random moments: nothing acknowledged is lost, and one more sync makes the version exact. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createInstance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import { freePort, ServerProcess, type SseEvent } from './server-process.ts'

const KILLS = Number(process.env.KILLS ?? 20)
const INCIDENTS = 12_000

test(`kill -9 of the server ${KILLS} times in the middle of a sync`, { timeout: 3_600_000 }, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 100_000)
  console.log(`kill -9: SEED=${seed}`)
  const random = randomOf(seed)
  const dataDir = mkdtempSync(join(tmpdir(), 'snowline-kill-'))
  const instance = createInstance({
    seed: 1,
    incidents: INCIDENTS,
    latencyMs: 30,
    clock: { now: () => Date.now() },
  })
  const simulator = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
  const port = await freePort()
  const start = () => ServerProcess.start({ dataDir, port, env: { SN_ALLOWED_ORIGINS: simulator.url } })
  let server = await start()
  try {
    await server.signIn()
    const config = { url: simulator.url, username: 'admin', password: 'admin' }
    const created = await server.call('POST', '/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config,
    })
    expect(created.status).toBe(201)
    const { id } = created.body.integration as { id: string }
    let completed = 0
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const seen: SseEvent[] = []
      const stream = server.events('POST', `/api/integrations/${id}/sync`, seen).catch(() => seen)
      // Not a wait for something to happen: the moment of the kill is the thing that is drawn.
      await wait(Math.floor(random() * 1_000))
      await server.end('SIGKILL')
      await stream
      server = await start()
      await server.signIn()
      const told = `SEED=${seed} kill ${kill}`
      expect(
        (await server.call('GET', `/api/integrations/${id}`)).status,
        `${told}: what was created is there`,
      ).toBe(200)
      const runId = seen[0]?.id.split(':')[0]
      if (runId !== undefined) await checkReplay(server, runId, seen, told)
      if (seen.some((event) => event.type === 'complete')) {
        completed += 1
        instance.control.mutate({ seed: seed + kill, count: 3_000 })
      }
    }
    console.log(`kill -9: ${KILLS} kills, ${completed} runs had completed before theirs`)
    const last = await server.events('POST', `/api/integrations/${id}/sync`)
    expect(last.at(-1)?.type, `SEED=${seed}: ${JSON.stringify(last.at(-1)?.data)}`).toBe('complete')
    await checkExact(server, id, instance.control.records('incident'), seed)
  } finally {
    await server.end('SIGKILL')
    await simulator.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

/** Every event that reached the client is replayed as it was, and the run has exactly one terminal event. */
async function checkReplay(
  server: ServerProcess,
  runId: string,
  seen: readonly SseEvent[],
  told: string,
): Promise<void> {
  const replayed = await server.events('GET', `/api/runs/${runId}/events`)
  const byId = new Map(replayed.map((event) => [event.id, event]))
  for (const event of seen) expect(byId.get(event.id), `${told}: event ${event.id}`).toEqual(event)
  const terminal = replayed.filter((event) => event.type === 'complete' || event.type === 'error')
  expect(terminal, `${told}: one terminal event`).toHaveLength(1)
  expect(replayed.at(-1), `${told}: and it is the last`).toBe(terminal[0])
  const numbers = replayed.map((event) => Number(event.id.split(':')[1]))
  expect(numbers, `${told}: ids grow`).toEqual([...numbers].sort((a, b) => a - b))
}

async function checkExact(
  server: ServerProcess,
  id: string,
  records: readonly Record<string, string>[],
  seed: number,
): Promise<void> {
  const { body } = await server.call('GET', `/api/datasets?integration=${id}&limit=1`)
  const [version] = body.versions as { number: number; incident_count: number; status: string }[]
  expect(version, `SEED=${seed}`).toMatchObject({ incident_count: records.length, status: 'active' })
  const text = await (
    await server.fetch('GET', `/api/datasets/${version?.number}/export?integration=${id}&format=ndjson`)
  ).text()
  const exported = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const record = JSON.parse(line) as Record<string, string>
        return [record.sys_id, record] as const
      }),
  )
  const journal = new Set(['comments', 'work_notes', 'comments_and_work_notes'])
  const wrong = records.flatMap((record) =>
    Object.entries(record)
      .filter(
        ([field, value]) =>
          !journal.has(field) && (exported.get(record.sys_id ?? '')?.[field] ?? '') !== value,
      )
      .map(([field]) => `${record.number}.${field}`),
  )
  expect(wrong.slice(0, 5), `SEED=${seed}: fields that differ`).toEqual([])
  expect(exported.size, `SEED=${seed}`).toBe(records.length)
}
