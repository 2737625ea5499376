/** The server as a library: an app to mount, its configuration, and the ports a host may fill. */

// The app
export { createApp, type SnowlineApp } from './app.ts'
// Ports
export type { Authenticate } from './auth/authenticate.ts'
export { type Principal, principalOf } from './auth/principal.ts'
export type { AppOptions } from './compose.ts'
// Configuration
export { type HostJwtConfig, readConfig, type ServerConfig } from './config.ts'
export type {
  Ticket,
  TicketBooks,
  TicketChange,
  TicketDraft,
  TicketFields,
  TicketLink,
  TicketPage,
  TicketQuery,
  TicketStore,
} from './tickets/ticket-store.ts'
