/** An attempt that somebody watches: told before it is sent and when its answer is there; loaded with the first. */
import type { ExchangeParts, Progress } from './call.ts'
import type { Secrets } from './secrets.ts'
import { isSecret, redact, secretsOf } from './secrets.ts'
import type { Answer, Attempt } from './transport.ts'

/** What `send` gives, told to the hooks and the channel: without headers that prove who is asking, bodies with every secret struck out. */
export async function sendWatched(
  { observer, clock }: ExchangeParts,
  attempt: Attempt,
  progress: Progress,
  secrets: Secrets,
  send: () => Promise<Answer>,
): Promise<Answer> {
  const { callId, method, url } = progress
  const shown = { callId, attempt: progress.attempt, method, url }
  const text = (body: unknown) =>
    observer.bodies && typeof body === 'string' && body !== ''
      ? { body: redact(body, secretsOf(secrets)) }
      : {}
  observer.tell('request', () => {
    const open = Object.entries(attempt.headers).filter(([name]) => !isSecret(name, secrets.credentials))
    return { ...shown, headers: Object.fromEntries(open), ...text(attempt.body) }
  })
  const sentMs = clock.now()
  const answer = await send()
  const { status, headers } = answer
  const ms = clock.now() - sentMs
  const transactionId = headers.get('x-transaction-id')
  observer.tell('response', () => ({ ...shown, status, ms, transactionId, ...text(answer.text) }))
  return answer
}
