/** The help desk's own words: which texts are a status or a priority of a ticket. */
import { type TicketPriority, type TicketStatus, ticketPriorities, ticketStatuses } from '@snowline/protocol'

export function isTicketStatus(word: unknown): word is TicketStatus {
  return ticketStatuses.some((status) => status === word)
}

export function isTicketPriority(word: unknown): word is TicketPriority {
  return ticketPriorities.some((priority) => priority === word)
}
