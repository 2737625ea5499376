/** The port to the host's tickets, as far as this server uses it: which incident belongs to which ticket. */

export interface TicketStore {
  /** The tickets linked to these incidents; an incident without a ticket is not in the map. */
  findLinks(sysIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** No tickets at all: the server runs alone. */
export const noTickets: TicketStore = {
  findLinks: async () => new Map(),
}
