/** What went wrong with a push, in the words of the contract: a code, a sentence for people, and what to do. */
import type { ProblemCode } from '@snowline/protocol'
import type { OutboxFault } from '@snowline/sdk/sync'
import { catalogue } from './catalogue.ts'
import { sentences } from './from-error.ts'
import { ProblemError } from './problem-error.ts'

const codes: Readonly<Record<string, ProblemCode>> = {
  'instance.unauthenticated': 'sn_auth_failed',
  'oauth.refused': 'sn_auth_failed',
  'instance.forbidden': 'sn_forbidden',
  'instance.write_acl': 'sn_forbidden',
  'instance.api_acl': 'sn_forbidden',
  'instance.query_acl': 'sn_forbidden',
  'instance.data_policy': 'mapping_failed',
  'instance.rate_limited': 'sn_rate_limited',
  'instance.unavailable': 'sn_unavailable',
  'response.hibernating': 'sn_unavailable',
  'response.maintenance': 'sn_unavailable',
  'response.redirect': 'redirect_refused',
  'transport.timeout': 'sn_timeout',
  'transport.blocked': 'destination_blocked',
  'push.no_answer': 'sn_timeout',
  'push.expired': 'sn_unavailable',
  'push.not_linked': 'not_linked',
  'push.missing': 'mapping_failed',
  'push.duplicate_found': 'conflict',
}

/** Codes where only the instance's own sentence says what is missing; everything else has ours. */
const theirWords = new Set(['instance.data_policy', 'instance.business_rule'])

export function showsTheirWords(code: string): boolean {
  return theirWords.has(code)
}

const MAX_SENTENCE = 300

export interface FaultWords {
  code: ProblemCode
  message: string
  hint: string
}

/** Example: `faultWords({ code: 'response.hibernating', message: '...' }).message` is `'The ServiceNow instance is asleep or in maintenance.'`. */
export function faultWords(fault: OutboxFault): FaultWords {
  const code = codes[fault.code] ?? byFamily(fault.code)
  const ours = fault.code.startsWith('push.') ? fault.message : (sentences[code] ?? catalogue[code].title)
  const message = showsTheirWords(fault.code) ? `ServiceNow refused: ${fault.message}` : ours
  return { code, message: message.slice(0, MAX_SENTENCE), hint: fault.hint ?? catalogue[code].fix }
}

function byFamily(code: string): ProblemCode {
  if (code.startsWith('response.')) return 'sn_unexpected_response'
  if (code.startsWith('transport.')) return 'sn_unreachable'
  return 'sn_error'
}

/** The fault as an answer. */
export function faultProblem(fault: OutboxFault): ProblemError {
  const { code, message, hint } = faultWords(fault)
  return new ProblemError(code, message, { hint })
}

/** One line for the ticket: what happened and what to do. */
export function faultSentence(fault: OutboxFault): string {
  const { message, hint } = faultWords(fault)
  return `${message.replace(/([^.!?])$/, '$1.')} ${hint}`
}
