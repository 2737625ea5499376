/** Following a run over a connection that breaks everywhere: every event once, in order, to the terminal one. */
import { paths, type RunEvent } from '@snowline/protocol'
import { describe, expect, test } from 'vitest'
import { readAnswer } from '../../src/api/answer.ts'
import { ApiError } from '../../src/api/api-error.ts'
import type { Ask, Send } from '../../src/api/request.ts'
import { followRun, numberOf, type RunStep, runIdOf, runInTheWay } from '../../src/api/sync-events.ts'
import { batch, cancelled, complete, fetching, frame, RUN, run, stream } from '../support/fake-admin.ts'
import { problem } from '../support/fake-api.ts'

const all: readonly RunEvent[] = [fetching, ...Array.from({ length: 12 }, (_, at) => batch(at + 1)), complete]

function numbers(steps: readonly RunStep[]): number[] {
  return steps.flatMap((step) => (step.type === 'event' ? [step.number] : []))
}

/** Answers of the server in the order in which they are asked for; waits are counted, not waited. */
function server(...answers: readonly ((ask: Ask, path: string) => Response)[]) {
  const asked: { path: string; after: string | undefined }[] = []
  const waits: number[] = []
  let at = 0
  const send: Send = async (path, ask = {}) => {
    asked.push({ path, after: ask.headers?.['last-event-id'] })
    const answer = answers[at]
    at += 1
    if (answer === undefined) throw new ApiError({ code: 'network', status: 0, message: 'asked too often' })
    return answer(ask, path)
  }
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  return { send, wait, asked, waits }
}

/** The events after the one the caller has, cut after `length` characters. */
function from(ask: Ask, length = Number.POSITIVE_INFINITY): Response {
  const after = numberOf(ask.headers?.['last-event-id'], RUN) ?? 0
  const text = all
    .map((event, index) => frame(index + 1, event))
    .slice(after)
    .join('')
  const { response, write, end } = stream()
  write(`retry: 3000\n\n: heartbeat\n\n${text.slice(0, length)}`)
  end()
  return response
}

async function collect(follow: AsyncGenerator<RunStep>): Promise<RunStep[]> {
  const steps: RunStep[] = []
  for await (const step of follow) steps.push(step)
  return steps
}

const signal = () => new AbortController().signal

test('a whole stream gives its events and ends with the terminal one', async () => {
  const { send, wait, asked, waits } = server((ask) => from(ask))
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
  expect(numbers(steps)).toEqual(all.map((_, index) => index + 1))
  expect(steps.at(-1)).toMatchObject({ type: 'event', event: { type: 'complete' } })
  expect(asked).toEqual([{ path: paths.runEvents(RUN), after: undefined }])
  expect(waits).toEqual([])
})

test('cut after any character, it joins again after the last whole event: no gap, none twice', async () => {
  const whole = all.map((event, index) => frame(index + 1, event)).join('').length
  for (let length = 0; length < whole; length += 97) {
    const { send, wait, asked } = server(
      (ask) => from(ask, length),
      (ask) => from(ask),
    )
    const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
    expect(numbers(steps), `cut after ${length}`).toEqual(all.map((_, index) => index + 1))
    const before = numbers(
      steps.slice(
        0,
        steps.findIndex((step) => step.type === 'link' && !step.live),
      ),
    )
    expect(asked[1]?.after).toBe(before.length === 0 ? undefined : `${RUN}:${before.length}`)
  }
})

test('the answer that began the run is read first; after it breaks, the rest is asked for', async () => {
  const first = stream()
  first.write(frame(1, fetching) + frame(2, batch(1)))
  first.end()
  const { send, wait, asked, waits } = server((ask) => from(ask))
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal(), stream: first.response }))
  expect(numbers(steps)).toEqual(all.map((_, index) => index + 1))
  expect(asked).toHaveLength(1)
  expect(waits).toEqual([3_000])
  expect(steps.filter(({ type }) => type === 'link')).toEqual([
    { type: 'link', live: true },
    { type: 'link', live: false },
    { type: 'link', live: true },
  ])
})

test('a hole in the middle of a stream is a broken connection; what is repeated is not told again', async () => {
  const holed = stream()
  holed.write(frame(1, fetching) + frame(2, batch(1)) + frame(2, batch(1)) + frame(5, batch(4)))
  const { send, wait, asked } = server(
    () => holed.response,
    (ask) => from(ask),
  )
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
  expect(numbers(steps)).toEqual(all.map((_, index) => index + 1))
  expect(asked[1]?.after).toBe(`${RUN}:2`)
  expect(holed.state.cancelled, 'the holed stream was given up').toBe(true)
})

test('events of another run, of an unknown type, or with no JSON in them are left alone', async () => {
  const odd = stream()
  odd.write(frame(1, fetching, 'another-run'))
  odd.write(`id: ${RUN}:1\nevent: weather\ndata: {}\n\nid: ${RUN}:2\nevent: progress\ndata: {cut\n\n`)
  odd.write(`event: progress\ndata: {}\n\n${frame(3, cancelled)}`)
  const { send, wait } = server(() => odd.response)
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
  expect(numbers(steps)).toEqual([3])
})

test('when the last event is not to be had, the stored run says how it ended', async () => {
  const nothing = () => {
    const { response, end } = stream()
    end()
    return response
  }
  const { send, wait, asked } = server(nothing, nothing, () =>
    Response.json({ success: true, run: run({ state: 'interrupted' }) }),
  )
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
  expect(steps.at(-1)).toMatchObject({ type: 'ended', run: { state: 'interrupted' } })
  expect(asked.at(-1)?.path).toBe(paths.run(RUN))
})

test('a server that is down is asked ever more patiently, and the run is followed when it is back', async () => {
  const down = () => new Response('bad gateway', { status: 502 })
  const { send, wait, waits } = server(down, down, down, down, down, (ask) => from(ask))
  const steps = await collect(followRun({ send, wait, runId: RUN, signal: signal() }))
  expect(numbers(steps)).toHaveLength(all.length)
  expect(waits.length).toBeGreaterThan(1)
  expect([...waits].sort((a, b) => a - b)).toEqual(waits)
  expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
})

describe.each(['unauthenticated', 'forbidden', 'not_found'] as const)('%s', (code) => {
  test('is told and not asked again', async () => {
    const { send, wait, asked } = server(() => problem(code))
    await expect(collect(followRun({ send, wait, runId: RUN, signal: signal() }))).rejects.toMatchObject({
      code,
    })
    expect(asked).toHaveLength(1)
  })
})

test('who leaves is gone at once: the stream is cancelled and nothing more is asked', async () => {
  const call = new AbortController()
  const open = stream()
  open.write(frame(1, fetching))
  const { send, wait, asked } = server(() => open.response)
  const steps: RunStep[] = []
  for await (const step of followRun({ send, wait, runId: RUN, signal: call.signal })) {
    steps.push(step)
    if (step.type === 'event') call.abort()
  }
  expect(numbers(steps)).toEqual([1])
  expect(asked).toHaveLength(1)
  expect(open.state.cancelled).toBe(true)
})

test('the run of a Location, and the run that is in the way', async () => {
  expect(runIdOf(`/snow/api/runs/${RUN}`)).toBe(RUN)
  expect(runIdOf(null)).toBeNull()
  const running: unknown = await readAnswer(problem('sync_running', { runId: RUN })).catch(
    (error: unknown) => error,
  )
  expect(runInTheWay(running)).toBe(RUN)
  const other: unknown = await readAnswer(problem('conflict')).catch((error: unknown) => error)
  expect(runInTheWay(other)).toBeNull()
})
