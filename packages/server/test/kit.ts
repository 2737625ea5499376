/** A whole server in this process: a pretend instance behind it, a clock that is moved by hand, and callers of each role. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@snowline/protocol'
import type { Clock, Logger } from '@snowline/sdk'
import { createInstance, type Instance } from '@snowline/simulator'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { type OpenApp, openApp } from '../src/app.ts'
import type { ComposeOptions } from '../src/compose.ts'
import { readConfig } from '../src/config.ts'

export const ORIGIN = 'http://127.0.0.1:4411'
export const INSTANCE = 'https://dev00000.service-now.com'
export const PASSWORD = 'correct horse battery'

export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
  text: string
}

export interface CallOptions {
  as?: Role | 'nobody'
  body?: unknown
  /** Sent as it is, with whatever content type the headers say. */
  raw?: string | ReadableStream<Uint8Array>
  headers?: Record<string, string>
}

export interface SseEvent {
  id: string | undefined
  type: string | undefined
  data: Record<string, unknown>
}

/** A clock that moves only when it is told; a wait ends only when it is aborted. */
export class HandClock implements Clock {
  ms = Date.parse('2026-11-02T09:00:00Z')

  now(): number {
    return this.ms
  }

  advance(seconds: number): void {
    this.ms += seconds * 1000
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      if (signal?.aborted) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }
}

export interface LogLine {
  level: string
  event: string
  fields: Readonly<Record<string, unknown>>
}

export function recordingLogger(lines: LogLine[]): Logger {
  const at =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, event, fields })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export interface TestServerOptions extends Omit<ComposeOptions, 'config' | 'fetch'> {
  env?: Record<string, string>
  incidents?: number
  instance?: Instance
  dataDir?: string
  /** Stands between server and instance. */
  wire?: (request: Request, pass: (request: Request) => Promise<Response>) => Promise<Response>
}

export class TestServer {
  readonly app: OpenApp
  readonly instance: Instance
  readonly clock: HandClock
  readonly dataDir: string
  readonly log: LogLine[]
  /** Every request that left the server. */
  readonly outbound: Request[]
  private readonly tokens: Map<Role, string>

  private constructor(
    parts: Pick<TestServer, 'app' | 'instance' | 'clock' | 'dataDir' | 'log' | 'outbound'> & {
      tokens: Map<Role, string>
    },
  ) {
    this.app = parts.app
    this.instance = parts.instance
    this.clock = parts.clock
    this.dataDir = parts.dataDir
    this.log = parts.log
    this.outbound = parts.outbound
    this.tokens = parts.tokens
  }

  static async open(options: TestServerOptions = {}): Promise<TestServer> {
    const {
      env = {},
      incidents = 25,
      wire,
      dataDir = mkdtempSync(join(tmpdir(), 'snowline-server-')),
      ...rest
    } = options
    const instance = options.instance ?? createInstance({ seed: 1, incidents })
    const clock = new HandClock()
    const log: LogLine[] = []
    const outbound: Request[] = []
    const pass = (request: Request): Promise<Response> => instance.fetch(request)
    const app = await openApp({
      clock,
      logger: recordingLogger(log),
      ...rest,
      config: readConfig({ SN_MAX_RETRIES: '0', DATA_DIR: dataDir, ...env }, dataDir),
      fetch: (request) => {
        outbound.push(request)
        return wire === undefined ? pass(request) : wire(request, pass)
      },
    })
    const tokens = new Map<Role, string>()
    const server = new TestServer({ app, instance, clock, dataDir, log, outbound, tokens })
    for (const role of ['admin', 'agent', 'viewer'] as const) {
      const email = `${role}@kit.test`
      await app.services.signIn.putUser({ email, password: PASSWORD, role })
      const { body } = await server.call('POST', '/api/auth/login', {
        as: 'nobody',
        body: { email, password: PASSWORD },
      })
      tokens.set(role, String(body.token))
    }
    return server
  }

  token(role: Role): string {
    return this.tokens.get(role) ?? ''
  }

  fetch(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const { as = 'admin', body, raw, headers = {} } = options
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const init = {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(as === 'nobody' ? {} : { authorization: `Bearer ${this.token(as)}` }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent, duplex: 'half' as const }),
    }
    return this.app.fetch(new Request(ORIGIN + path, init))
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await this.fetch(method, path, options)
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body:
        isJson && !response.headers.get('content-type')?.includes('ndjson') && text !== ''
          ? JSON.parse(text)
          : {},
      text,
    }
  }

  get(path: string, options: CallOptions = {}): Promise<Answer> {
    return this.call('GET', path, options)
  }

  post(path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', path, body === undefined ? options : { ...options, body })
  }

  /** Makes an integration that points at the pretend instance. */
  async createServiceNow(
    config: Record<string, unknown> = {},
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const answer = await this.post('/api/integrations', {
      service_name: 'ServiceNow',
      auth_type: 'basic_auth',
      config: { url: INSTANCE, username: 'admin', password: 'admin', ...config },
      ...more,
    })
    if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`)
    return (answer.body.integration as { id: string }).id
  }

  /** A whole sync, as its events. */
  async sync(id: string, options: CallOptions = {}): Promise<SseEvent[]> {
    return readEvents(await this.fetch('POST', `/api/integrations/${id}/sync`, options))
  }

  async close(): Promise<void> {
    await this.app.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}

/** The events of a stream, until it ends. */
export async function readEvents(response: Response): Promise<SseEvent[]> {
  const events: SseEvent[] = []
  if (response.body === null) return events
  const parsed = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { id, event, data } of parsed) events.push({ id, type: event, data: JSON.parse(data) })
  return events
}
