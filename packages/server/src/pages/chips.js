/** Status, priority and sync of a ticket as shape, words and colour together. */
import { icon, make } from './dom.js'

const ring = 'M8 2.25a5.75 5.75 0 1 0 0 11.5 5.75 5.75 0 0 0 0-11.5Z'

/** The statuses of a ticket with their words, in the order in which they follow one another. */
export const statuses = {
  open: 'Open',
  in_progress: 'In progress',
  pending: 'Pending',
  resolved: 'Resolved',
  closed: 'Closed',
}

/** The priorities of a ticket with their words, the gravest first. */
export const priorities = { urgent: 'Urgent', high: 'High', medium: 'Medium', low: 'Low' }

const statusShapes = {
  open: [ring],
  in_progress: [ring, 'M8 4.5a3.5 3.5 0 0 1 0 7Z'],
  pending: [`${ring}M6.7 6v4M9.3 6v4`],
  resolved: [`${ring}m-2.4 6 1.7 1.7 3.2-3.8`],
  closed: [`${ring}m-2.4 6 1.7 1.7 3.2-3.8`],
}

const priorityShapes = {
  urgent: 'm4 8 4-4 4 4M4 12.5l4-4 4 4',
  high: 'm4 10 4-4 4 4',
  medium: 'M4 6.2h8M4 9.8h8',
  low: 'm4 6 4 4 4-4',
}

const syncs = {
  ok: ['Synced', 'm3.5 8.5 3 3 6-7'],
  pending: ['On its way', `${ring}M8 4.8V8l2.2 1.5`],
  failed: ['Not sent', 'm4.5 4.5 7 7M11.5 4.5l-7 7'],
}

/** @param {string} status */
export function statusChip(status) {
  const [path, filled] = statusShapes[status] ?? [ring]
  return make(
    'span',
    { class: 'status', 'data-tone': status },
    icon(path, filled),
    statuses[status] ?? status,
  )
}

/** @param {string | null} priority nothing at all for a ticket without one */
export function priorityChip(priority) {
  if (priority === null) return ''
  const shape = priorityShapes[priority] ?? 'M4.5 8h7'
  return make(
    'span',
    { class: 'priority', 'data-tone': priority },
    icon(shape),
    priorities[priority] ?? priority,
  )
}

/** @param {string | null} sync nothing at all for a ticket that owes nothing */
export function syncChip(sync) {
  if (sync === null || !Object.hasOwn(syncs, sync)) return ''
  const [words, path] = syncs[sync]
  return make('span', { class: 'sync', 'data-tone': sync }, icon(path), words)
}
