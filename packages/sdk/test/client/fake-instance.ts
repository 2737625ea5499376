/** A hand-made instance for tests that need one odd answer: each request takes the next answer, and every request is kept. */
import type { Clock } from '../../src/base/clock.ts'
import type { Client } from '../../src/client/client.ts'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import { basicAuth } from '../../src/http/auth.ts'

export type FakeAnswer = Response | Error | ((request: Request) => Response | Promise<Response>)

export interface FakeInstance {
  client: Client
  requests: { method: string; url: URL; headers: Headers; body: string }[]
  clock: FakeClock
}

export interface FakeClock extends Clock {
  readonly sleeps: number[]
}

/** A clock that moves only when someone sleeps on it. */
export function fakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  const sleeps: number[] = []
  let nowMs = startMs
  return {
    sleeps,
    now: () => nowMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      sleeps.push(ms)
      nowMs += ms
    },
  }
}

/** JSON as the Table API sends it. */
export function json(body: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'application/json;charset=UTF-8')
  return new Response(JSON.stringify(body), { ...init, headers })
}

/** A client whose requests take the answers in turn; the last one repeats. */
export function fakeInstance(
  answers: readonly FakeAnswer[],
  options: Partial<ClientOptions> = {},
): FakeInstance {
  const requests: FakeInstance['requests'] = []
  const clock = fakeClock()
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: basicAuth({ username: 'integration', password: 'correct horse' }),
    clock,
    random: () => 0.5,
    fetch: async (request) => {
      const index = Math.min(requests.length, answers.length - 1)
      requests.push({
        method: request.method,
        url: new URL(request.url),
        headers: request.headers,
        body: await request.text(),
      })
      const answer = answers[index]
      if (answer === undefined) throw new Error('The test gave no answer.')
      if (answer instanceof Error) throw answer
      return answer instanceof Response ? answer.clone() : answer(request)
    },
    ...options,
  })
  return { client, requests, clock }
}
