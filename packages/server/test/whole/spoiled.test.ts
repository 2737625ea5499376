/** Answers of the instance that are broken in the middle of a run, a record outside of what was asked among them: none of it reaches the mirror. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Instance } from '@snowline/simulator'
import { expect, test } from 'vitest'
import { randomOf } from './seeded.ts'
import { checkReplay, countOf, follow, openWorld, seedOf, settle, settleAtEnd } from './world.ts'

const SPOILED = countOf('SPOILED', 7)

type Row = Record<string, string>

/** What becomes of a page of incidents; each is something that a proxy, a quota or a fault has made of a real answer. */
const damages: Record<string, (body: string) => string> = {
  'cut JSON': (body) => body.slice(0, Math.floor(body.length / 2)),
  'a record outside its window': (body) =>
    withRows(body, (rows) => [
      ...rows,
      { ...rows.at(-1), sys_id: 'f'.repeat(32), sys_updated_on: '1999-01-01 00:00:00' },
    ]),
  'order upside down': (body) => withRows(body, (rows) => rows.toReversed()),
  'a record twice': (body) => withRows(body, (rows) => [...rows, ...rows.slice(-1)]),
  'a record without its id': (body) =>
    withRows(body, ([first, ...rest]) => [{ ...first, sys_id: '' }, ...rest]),
  'an error beside the rows': (body) =>
    body.replace(/}$/, ',"error":{"message":"Transaction cancelled"},"status":"failure"}'),
  'a page of another system': () => '<!DOCTYPE html><html><body>Sign in</body></html>',
}

/** Changes in the very second of the last sync are read with one request, and then none is left to be spoiled. */
async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000)
  while (Math.floor(Date.now() / 1000) === second) await wait(20)
}

function withRows(body: string, change: (rows: Row[]) => Row[]): string {
  const { result } = JSON.parse(body) as { result: Row[] }
  return JSON.stringify({ result: change(result) })
}

test(`${SPOILED} spoiled answers in the middle of a sync`, { timeout: 7_200_000 }, async () => {
  const seed = seedOf('spoiled answers')
  const random = randomOf(seed)
  const plan = { left: Number.POSITIVE_INFINITY, damage: (body: string) => body }
  const between =
    (instance: Instance): Instance['fetch'] =>
    async (input, init) => {
      const response = await instance.fetch(input, init)
      const url = input instanceof Request ? input.url : String(input)
      if (!url.includes('/table/incident?')) return response
      const body = await response.text()
      plan.left -= 1
      const spoil = plan.left < 0 && (JSON.parse(body) as { result: Row[] }).result.length > 2
      return new Response(spoil ? plan.damage(body) : body, response)
    }
  const world = await openWorld({ incidents: 3_000, between, env: { SN_MAX_RETRIES: '0' } })
  const { server, checker } = world
  try {
    const ends: Record<string, string> = {}
    for (let spoiled = 0; spoiled < SPOILED; spoiled += 1) {
      const [name, damage] = Object.entries(damages)[spoiled % Object.keys(damages).length] ?? ['', String]
      const left = Math.floor(random() * 3)
      const told = `SEED=${seed} spoiled ${spoiled + 1}: ${name} from page ${left + 1} on`
      world.instance.control.mutate({ seed: seed + spoiled, count: 300 })
      const { watermark } = checker
      Object.assign(plan, { left, damage })
      const seen = await follow(server, world.integration)
      plan.left = Number.POSITIVE_INFINITY
      ends[name] = String(seen.at(-1)?.data.code ?? seen.at(-1)?.type)
      expect(ends[name], `${told}: ${JSON.stringify(seen.at(-1))}`).toBe('sn_unexpected_response')
      expect(checker.idle(), told).toEqual([])
      expect(checker.foreign(), `${told}: nothing that the instance never held`).toEqual([])
      expect(checker.watermark, told).toBe(watermark)
      await checkReplay(server, seen, told)
      if (random() >= 0.3) continue
      await settle(world, server, told)
      await nextSecond()
    }
    await settleAtEnd(world, server, seed)
    console.log(`spoiled answers: ${SPOILED}, ends ${JSON.stringify(ends)}`)
  } finally {
    await world.close()
  }
})
