/** Instants as people read them: relative for the eye, exact in the title and for machines. */
import { make } from './dom.js'

const steps = [
  [3_600, 'minute', 60],
  [86_400, 'hour', 3_600],
  [2_592_000, 'day', 86_400],
  [31_536_000, 'month', 2_592_000],
  [Number.POSITIVE_INFINITY, 'year', 31_536_000],
]

/**
 * Example: `<time datetime="2026-11-22T10:00:00Z" title="22 Nov 2026, 10:00">5 minutes ago</time>`.
 * @param {string} iso
 */
export function timeTag(iso) {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return make('span', {}, iso)
  const title = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' }).format(at)
  return make('time', { datetime: iso, title }, relative((at.getTime() - Date.now()) / 1000))
}

/** @param {number} seconds */
function relative(seconds) {
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit) ?? steps[4]
  if (Math.abs(seconds) < 45) return words.format(0, 'second')
  return words.format(Math.sign(seconds) * Math.max(1, Math.floor(Math.abs(seconds) / size)), unit)
}
