/** Each kind of fault in one plain sentence, for people who switch it on. */
import type { FaultKind } from './faults.ts'

/** What a fault does, seen by the client. The type asks for every kind. */
export const FAULT_SENTENCES: Readonly<Record<FaultKind, string>> = {
  'rate-limit': 'Refuse with 429, Retry-After and X-RateLimit headers, as a rate rule does.',
  semaphore: 'Refuse with a bare 429, as a full queue does: no header, no body.',
  status: 'Answer 503 with an error body.',
  hibernating: 'Show the page of a sleeping developer instance: HTML at 200.',
  login: 'Show the login page: HTML at 200.',
  maintenance: 'Show the page of an upgrade: HTML at 503.',
  'wrong-credential': 'Refuse the credentials with 401.',
  'wrong-credential-empty': 'Refuse the credentials with a 401 that has no body.',
  dropped: 'Answer 202 and do nothing, as an overfull session does.',
  refuse: 'Break the connection before anything is done.',
  hang: 'Never answer, and do nothing.',
  slow: 'Answer one second late.',
  cut: 'Break the connection in the middle of the body.',
  'cut-json': 'Send half of the JSON at 200, as if it were whole.',
  'error-in-result': 'Send a part of the list, then an error, all at 200: a cancelled transaction.',
  'lost-answer': 'Do the work, then break the connection before any answer.',
  'lost-answer-hang': 'Do the work, then never answer.',
  'late-commit': 'Do the work five seconds later, and never answer.',
  'forbidden-after-write': 'Write the record, then answer 403, as for a writer who may not read it.',
  'empty-answer': 'Do the work, and answer without a body.',
}
