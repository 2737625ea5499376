/** The checks of the instance itself: its address, whether the API answers, whom it takes us for, its clock and the zone of the user. */
import {
  AuthenticationError,
  InstanceUnavailableError,
  RateLimitError,
  TransportError,
  UnexpectedResponseError,
} from '../base/errors.ts'
import { isUtcStamp, stampToMs, type UtcStamp } from '../base/values.ts'
import type { TablePage } from '../client/page.ts'
import { bad, type DoctorCheck, good, warn } from './check.ts'
import { ask, displayOf, type Examination, oursOnly, textOf, verdictOf } from './patient.ts'

/** What a request may take beside the difference of two clocks. */
const CLOCK_TOLERANCE_MS = 60_000
/** ServiceNow forgives a JWT no more than this. */
const CLOCK_LIMIT_MS = 300_000

/** The shape of the address. A client exists only for a valid one, so what is left are doubts. */
export function checkUrl({ patient: { origin } }: Examination): DoctorCheck {
  const { protocol, hostname } = new URL(origin)
  const subject = { name: 'url' } as const
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if (protocol !== 'https:' && !loopback) {
    return bad(subject, 'The address is not https: credentials would travel in the clear.', 'Use https.')
  }
  if (hostname.endsWith('.service-now.com')) return good(subject, `${origin} is an instance's own address.`)
  if (loopback) return good(subject, `${origin} is on this machine.`)
  return warn(
    subject,
    `${origin} is no address of service-now.com.`,
    'Make sure that this vanity host, government cloud or proxy is yours; credentials go there.',
  )
}

/** What asking the first table once taught. `reached` is false when nothing else is worth asking. */
export interface Reached {
  checks: DoctorCheck[]
  reached: boolean
}

/** Does the API answer, and does it know us? */
export async function checkAnswer(examination: Examination, table: string): Promise<Reached> {
  const answers = good({ name: 'answer' }, 'The Table API answers in JSON.')
  const known = good({ name: 'auth' }, 'The credentials are accepted.')
  try {
    const page = await ask(examination, table, { query: '', limit: 1, fields: ['sys_id'] })
    return { checks: [answers, known, checkClock(examination, page)], reached: true }
  } catch (error) {
    if (isNoAnswer(error)) return { checks: [verdictOf(error, { name: 'answer' }, '')], reached: false }
    if (error instanceof AuthenticationError) {
      const mend =
        'Check user name and password, key or token; a user with single sign-on has no password to give.'
      return { checks: [answers, verdictOf(error, { name: 'auth' }, mend)], reached: false }
    }
    // Any other refusal is about the table, and comes from an instance that speaks with us: its own check says it.
    oursOnly(error)
    return { checks: [answers, known], reached: true }
  }
}

function isNoAnswer(error: unknown): boolean {
  return (
    error instanceof TransportError ||
    (error instanceof UnexpectedResponseError && error.kind !== 'shape') ||
    error instanceof InstanceUnavailableError ||
    error instanceof RateLimitError
  )
}

function checkClock({ patient }: Examination, { servedAt }: TablePage): DoctorCheck {
  const subject = { name: 'clock' } as const
  if (servedAt === null) {
    const mend =
      'Ask what stands between: an instance sends Date. The sync then leans on the clock of this machine.'
    return warn(subject, 'The answer has no Date header, so the clocks cannot be compared.', mend)
  }
  const skewMs = patient.now() - stampToMs(servedAt)
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  if (Math.abs(skewMs) <= CLOCK_TOLERANCE_MS) return good(subject, `The clocks agree within ${seconds} s.`)
  const side = skewMs > 0 ? 'ahead of' : 'behind'
  const message = `The clock of this machine is ${seconds} s ${side} the instance's.`
  const mend = 'Set this machine by NTP.'
  return Math.abs(skewMs) > CLOCK_LIMIT_MS
    ? warn(subject, message, `${mend} Beyond 300 s the instance refuses JWT bearer tokens.`)
    : warn(subject, message, `${mend} Ages shown from both clocks are wrong by as much.`)
}

/** The zone and format in which the instance shows times to this user; raw values are UTC whatever it is. */
export async function checkZone(examination: Examination, table: string): Promise<DoctorCheck[]> {
  try {
    const query = 'ORDERBYDESCsys_updated_on'
    const fields = ['sys_updated_on']
    const { records } = await ask(examination, table, { query, limit: 5, fields, displayValue: 'all' })
    const cell = records.map((record) => record.sys_updated_on).find((each) => isUtcStamp(textOf(each)))
    const raw = textOf(cell)
    if (!isUtcStamp(raw)) return []
    return [zoneOf(raw, displayOf(cell))]
  } catch (error) {
    // The table's own check says why it cannot be read.
    oursOnly(error)
    return []
  }
}

function zoneOf(raw: UtcStamp, shown: string): DoctorCheck {
  const subject = { name: 'zone' } as const
  const mend = 'Read raw values (the default) and format them yourself; display values are for people.'
  if (shown === raw) return good(subject, 'Times are shown to this user in UTC, in the format of raw values.')
  if (!isUtcStamp(shown)) {
    return warn(subject, 'Times are shown to this user in a format of their own.', mend)
  }
  const minutes = Math.round((stampToMs(shown) - stampToMs(raw)) / 60_000)
  const sign = minutes < 0 ? '-' : '+'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const offset = `${sign}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
  const dates = 'Dates given to gs.daysAgoStart() and its like mean that zone too.'
  return warn(subject, `Times are shown to this user in UTC${offset}.`, `${mend} ${dates}`)
}
