/** Names every way of getting no answer; loaded with the first failure. */
import type { CallContext, TransportFault } from '../base/errors.ts'
import { isSnowlineError, TransportError } from '../base/errors.ts'

/** What failed: the call as an error shows it, and its time limit. */
interface FailedAttempt {
  call: CallContext
  timeoutMs: number
}

export function timeoutError(attempt: FailedAttempt): TransportError {
  return new TransportError(`No complete answer within ${attempt.timeoutMs} ms.`, 'timeout', attempt.call, {
    hint: 'Ask for fewer records at once, or raise timeoutMs.',
  })
}

/** An auth that gives no headers in time: nothing was sent. */
export function authTimeoutError(attempt: FailedAttempt): TransportError {
  const message = `The auth gave no headers within ${attempt.timeoutMs} ms.`
  return new TransportError(message, 'timeout', attempt.call, {
    sent: false,
    hint: 'Check the function or the token endpoint behind auth, or raise timeoutMs.',
  })
}

const faultMessages: Record<TransportFault, string> = {
  dns: 'The host name could not be resolved.',
  refused: 'No connection could be made.',
  tls: 'The TLS connection could not be trusted.',
  reset: 'The connection broke before the answer was complete.',
  timeout: 'The connection timed out.',
  blocked: 'The destination is not allowed.',
  network: 'The request failed on the network.',
}

const faultHints: Record<TransportFault, string> = {
  dns: 'Check the name of the instance, and the name server of this machine.',
  refused: 'Check the address, and whether a firewall or proxy stands in between.',
  tls: 'Check the certificate and the proxy between here and there.',
  reset: 'Try again; if it stays, ask for fewer records at once or look at the proxy in between.',
  timeout: 'Try again; if it stays, ask for fewer records at once.',
  blocked: 'Add the exact origin to the allowed origins if it is meant.',
  network: 'Try again; the cause says more.',
}

/** True when Node refuses what a Request had taken, a control character in a header for example: nothing was sent. */
export function isUnsendable(error: unknown): boolean {
  return causeChain(error).some(
    (cause) => cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_INVALID_ARG',
  )
}

export function toTransportError(error: unknown, attempt: FailedAttempt): unknown {
  const causes = causeChain(error)
  const ours = causes.find(isSnowlineError)
  if (ours !== undefined) return ours
  const fault = faultOf(causes)
  return new TransportError(faultMessages[fault], fault, attempt.call, {
    cause: error,
    hint: faultHints[fault],
    ...(fault === 'tls' ? { retryable: false } : {}),
  })
}

/** The error and what caused it, outermost first; the first member of an AggregateError (one per address tried) counts as cause. */
function causeChain(error: unknown): unknown[] {
  const chain: unknown[] = []
  let current: unknown = error
  while (current instanceof Error && chain.length < 10) {
    chain.push(current)
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined)
  }
  return chain
}

const faultByCode: Readonly<Record<string, TransportFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  HPE_INVALID_EOF_STATE: 'reset',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  DESTINATION_BLOCKED: 'blocked',
}
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/

function faultOf(causes: readonly unknown[]): TransportFault {
  for (const cause of causes) {
    if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') continue
    const known = faultByCode[cause.code]
    if (known !== undefined) return known
    if (tlsCode.test(cause.code)) return 'tls'
    if (cause.code === 'ETIMEDOUT')
      return 'syscall' in cause && cause.syscall === 'connect' ? 'refused' : 'timeout'
  }
  const inBody = causes.some(
    (cause) => cause instanceof Error && /terminated|aborted|premature/i.test(cause.message),
  )
  return inBody ? 'reset' : 'network'
}
