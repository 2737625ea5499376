/** What stands between a ticket and its incident, and when to look again. Pure. */
import type { PushPreview, PushView, TicketLinkView, TicketView } from '@snowline/protocol'

/** `waiting` needs a person, `pending` only time. */
export type LinkState = 'unlinked' | 'ok' | 'pending' | 'waiting' | 'failed'

/** What a person must decide comes before what failed, and both before what settles by itself. */
export function toLinkState({ ticket, queue }: TicketLinkView): LinkState {
  if (queue.some((push) => push.state === 'waiting')) return 'waiting'
  if (ticket.sn_sync_status === 'failed' || queue.some((push) => push.state === 'dead')) return 'failed'
  if (openPush(queue) !== null || ticket.sn_sync_status === 'pending') return 'pending'
  return ticket.sn_sys_id === null ? 'unlinked' : 'ok'
}

/** The oldest write that still settles by itself. */
export function openPush(queue: readonly PushView[]): PushView | null {
  return queue.find((push) => push.state === 'pending' || push.state === 'inflight') ?? null
}

/** True when something is under way, whatever else has failed: then the panel looks again by itself. */
export function isSettling({ ticket, queue }: TicketLinkView): boolean {
  return openPush(queue) !== null || ticket.sn_sync_status === 'pending'
}

/** Sent, and no answer proves its fate. */
export function isUnconfirmed(push: PushView | null): boolean {
  return push?.state === 'inflight' && push.error !== null
}

/** Why the last write did not arrive, in the server's words. */
export function lastError({ ticket, queue }: TicketLinkView): PushView['error'] {
  const dead = queue.findLast((push) => push.state === 'dead' && push.error !== null)
  if (dead?.error) return dead.error
  return ticket.sn_last_error === null ? null : { code: '', message: ticket.sn_last_error }
}

const FIRST_LOOK_MS = 2_000
const SLOWEST_LOOK_MS = 30_000

/** How long to wait before look number `looks` (from 0): soon at first, and ever more patiently. Example: 2 s, 3 s, 4.5 s ... 30 s. */
export function lookDelayMs(looks: number): number {
  return Math.min(SLOWEST_LOOK_MS, FIRST_LOOK_MS * 1.5 ** looks)
}

/** The shape of a ticket's status, as the number of the incident state that has it. */
export const statusTones: Readonly<Record<TicketView['status'], string>> = {
  open: '1',
  in_progress: '2',
  pending: '3',
  resolved: '6',
  closed: '7',
}

/** Texts people read, in the order in which they are asked for; everything else is a code or an id. */
const prose = ['short_description', 'description', 'close_notes', 'work_notes', 'comments', 'category']

/** By these the incident is found again after a lost answer: nobody changes them. */
const fixed = /^correlation_/

export type FieldGroup = 'missing' | 'main' | 'more' | 'fixed'

export interface PreviewField {
  name: string
  value: string
  group: FieldGroup
  /** Why the instance demands it. */
  why: string | null
}

/** The body that would be sent as rows of a form: what is missing first. */
export function toFields({ fields, missing }: PushPreview): readonly PreviewField[] {
  const demanded = missing.map(({ field, message }) => ({
    name: field,
    value: fields[field] ?? '',
    group: 'missing' as const,
    why: message,
  }))
  const names = Object.keys(fields).filter((name) => missing.every(({ field }) => field !== name))
  const place = (name: string) => (prose.indexOf(name) + prose.length + 1) % (prose.length + 1)
  const given = names
    .sort((a, b) => place(a) - place(b))
    .map((name) => ({ name, value: fields[name] ?? '', group: groupOf(name), why: null }))
  return [...demanded, ...given]
}

function groupOf(name: string): FieldGroup {
  if (fixed.test(name)) return 'fixed'
  return prose.includes(name) ? 'main' : 'more'
}

/** Only what a person has changed or filled in is sent as an override; the mapping gives the rest. */
export function toOverrides(
  fields: readonly PreviewField[],
  typed: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const changed = fields.filter(({ name, value }) => (typed.get(name) ?? value) !== value)
  return Object.fromEntries(changed.map(({ name }) => [name, typed.get(name) ?? '']))
}
