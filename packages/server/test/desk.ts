/** A help desk in this process: a started server over a pretend instance, and what an agent does with tickets. */
import type { PushView, SyncProblemView, TicketView } from '@snowline/protocol'
import { expect } from 'vitest'
import { type Answer, type CallOptions, INSTANCE, TestServer, type TestServerOptions } from './kit.ts'

export const SN = { SN_INSTANCE_URL: INSTANCE, SN_USERNAME: 'admin', SN_PASSWORD: 'admin' }

/** How long an instance may still carry out what was given up; short, so that the numbers of a test are easy to read. */
export const WAIT_S = 300
/** A claim lasts a minute. */
export const CLAIM_S = 60

export interface DeskOptions extends TestServerOptions {
  /** False: mounted, and nobody pushes. */
  started?: boolean
}

export class Desk {
  readonly server: TestServer

  private constructor(server: TestServer) {
    this.server = server
  }

  static async open({ started = true, env = {}, ...options }: DeskOptions = {}): Promise<Desk> {
    const server = await TestServer.open({
      incidents: 5,
      env: { ...SN, SN_AMBIGUOUS_WAIT_MS: String(WAIT_S * 1000), ...env },
      ...options,
    })
    if (started) await server.app.start()
    return new Desk(server)
  }

  close(): Promise<void> {
    return this.server.close()
  }

  async ticket(fields: Record<string, unknown> = {}): Promise<TicketView> {
    const answer = await this.server.post('/api/tickets', { subject: 'Printer on fire', ...fields })
    expect(answer.status, answer.text).toBe(201)
    return answer.body.ticket as TicketView
  }

  /** A ticket that has its incident. */
  async linked(fields: Record<string, unknown> = {}): Promise<TicketView & { sn_sys_id: string }> {
    const { id } = await this.ticket(fields)
    const answer = await this.create(id)
    expect(answer.status, answer.text).toBe(201)
    const ticket = answer.body.ticket as TicketView
    return { ...ticket, sn_sys_id: ticket.sn_sys_id ?? '' }
  }

  create(id: string, body: unknown = {}, options: CallOptions = {}): Promise<Answer> {
    return this.server.post(`/api/sn/incidents/create-from-ticket/${id}`, body, { as: 'agent', ...options })
  }

  patch(id: string, body: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.server.call('PATCH', `/api/tickets/${id}`, { as: 'agent', body, ...options })
  }

  sync(
    ticket: { id: string; sn_sys_id: string | null },
    body: unknown = {},
    options: CallOptions = {},
  ): Promise<Answer> {
    const path = `/api/sn/incidents/${ticket.sn_sys_id}/sync-ticket/${ticket.id}`
    return this.server.call('PATCH', path, { as: 'agent', body, ...options })
  }

  note(
    ticket: { id: string; sn_sys_id: string | null },
    text?: string,
    options: CallOptions = {},
  ): Promise<Answer> {
    const body = { ticket_id: ticket.id, ...(text === undefined ? {} : { text }) }
    return this.server.post(`/api/sn/incidents/${ticket.sn_sys_id}/work-note`, body, {
      as: 'agent',
      ...options,
    })
  }

  async read(id: string): Promise<TicketView> {
    return (await this.server.get(`/api/tickets/${id}`)).body.ticket as TicketView
  }

  async queue(id: string): Promise<PushView[]> {
    return (await this.server.get(`/api/tickets/${id}/sn`)).body.queue as PushView[]
  }

  async problems(): Promise<SyncProblemView[]> {
    return (await this.server.get('/api/sn/problems')).body.problems as SyncProblemView[]
  }

  /** Time goes on, and what falls due by then is worked on until nothing is due. */
  async later(seconds: number): Promise<void> {
    this.server.clock.advance(seconds)
    await this.settle()
  }

  settle(): Promise<void> {
    return this.server.app.services.push.drain()
  }

  incidents(): Record<string, string>[] {
    return this.server.instance.control.records('incident')
  }

  incident(sysId: string | null): Record<string, string> {
    return this.incidents().find((row) => row.sys_id === sysId) ?? {}
  }

  /** Incidents that were made from a ticket. */
  made(id: string): Record<string, string>[] {
    return this.incidents().filter((row) => new RegExp(`^[^:]+:${id}:`).test(row.correlation_id ?? ''))
  }

  /** Journal entries of an incident, as texts. */
  journal(sysId: string | null): string[] {
    const rows = this.server.instance.control.records('sys_journal_field')
    return rows.filter((row) => row.element_id === sysId).map((row) => row.value ?? '')
  }

  /** Writes that left the server for incidents. */
  writes(): number {
    return this.server.outbound.filter(
      ({ method, url }) => method !== 'GET' && new URL(url).pathname.includes('/table/incident'),
    ).length
  }
}
