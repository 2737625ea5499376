/** English without an element: what the pure functions are given as their voice. */
import { adminEnglish } from '../../src/text/admin-messages.ts'
import { english, type Say } from '../../src/text/messages.ts'
import { ticketEnglish } from '../../src/text/ticket-messages.ts'

const words: Readonly<Record<string, unknown>> = { ...english, ...ticketEnglish, ...adminEnglish }

export const say: Say = (key, ...values) => {
  const message = words[key]
  return typeof message === 'function' ? String(message(...values)) : String(message)
}
