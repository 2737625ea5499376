/** An instant on the page: relative for the eye, exact for the pointer and for machines. */
import { html, type TemplateResult } from 'lit'
import { fullTime, relativeTime, shortTime } from '../text/format.ts'

/** What the reader's clock and habits are. */
export interface Reader {
  now: Date
  locale: string
  /** Absent: the zone of the browser. */
  timeZone?: string | undefined
}

export function relativeTag(iso: string, reader: Reader): TemplateResult {
  const title = fullTime(iso, reader.locale, reader.timeZone)
  return html`<time datetime=${iso} title=${title}>${relativeTime(iso, reader.now, reader.locale)}</time>`
}

export function absoluteTag(iso: string, reader: Reader): TemplateResult {
  const title = fullTime(iso, reader.locale, reader.timeZone)
  return html`<time datetime=${iso} title=${title}>${shortTime(iso, reader.locale, reader.timeZone)}</time>`
}
