/** A real server in a process of its own, as `snowline serve` runs it, and what a client of it does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Order } from './orders.ts'

const cli = join(import.meta.dirname, '../../dist/cli.js')
const hook = join(import.meta.dirname, 'process-hook.ts')

export const admin = { email: 'admin@whole.test', password: 'whole-test-password' }

export interface SseEvent {
  id: string
  type: string
  data: Record<string, unknown>
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export interface StartOptions {
  dataDir: string
  port: number
  env?: Record<string, string>
  /** With the hook of `process-hook.ts` in it: the process takes orders. */
  hooked?: boolean
}

/** How a process ended: its code, or the signal that ended it. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export class ServerProcess {
  readonly url: string
  /** Resolves when the process is gone. */
  readonly gone: Promise<Exit>
  private readonly child: ChildProcess
  private readonly lines: string[]
  private token = ''

  private constructor(url: string, child: ChildProcess, lines: string[]) {
    this.url = url
    this.child = child
    this.lines = lines
    this.gone = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Exit)
  }

  /** Resolves when the server has said `ready`; rejects with its output when it ends before. */
  static async start(options: StartOptions): Promise<ServerProcess> {
    if (!existsSync(cli)) throw new Error('packages/server is not built: run `npm test`, which builds it')
    const env = {
      PATH: process.env.PATH ?? '',
      DATA_DIR: options.dataDir,
      PORT: String(options.port),
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      LOG_LEVEL: 'warn',
      ...options.env,
    }
    const hooked = options.hooked === true
    const child = spawn(process.execPath, [...(hooked ? ['--import', hook] : []), cli, 'serve'], {
      env,
      cwd: options.dataDir,
      stdio: ['ignore', 'pipe', 'pipe', ...(hooked ? (['ipc'] as const) : [])],
    })
    const lines: string[] = []
    child.stderr?.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      lines.push(line)
      if (/\bready\b/.test(line)) {
        child.stdout?.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
        return new ServerProcess(`http://127.0.0.1:${options.port}`, child, lines)
      }
    }
    throw new Error(`the server ended before it was ready:\n${lines.join('\n')}`)
  }

  get output(): string {
    return this.lines.join('\n')
  }

  get pid(): number {
    const { pid } = this.child
    if (pid === undefined) throw new Error('the process never began')
    return pid
  }

  /** Sends the signal and resolves with the exit code (null when the signal ended it). */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    // A halted process hears nothing but SIGKILL.
    if (signal !== 'SIGKILL') this.signal('SIGCONT')
    this.signal(signal)
    return (await this.gone).code
  }

  /** Sends the signal and does not wait; a process that is gone hears nothing. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal)
  }

  /** Gives an order to a hooked process; false when it is gone and cannot take it. */
  async order(order: Order): Promise<boolean> {
    const obeyed = once(this.child, 'message').then(() => true)
    // A channel that closed meanwhile says so in the callback; `gone` tells it as well.
    this.child.send(order, () => undefined)
    return Promise.race([obeyed, this.gone.then(() => false)])
  }

  /** True while the process is halted by SIGSTOP. Linux only, as `/proc` is. */
  get halted(): boolean {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
  }

  async signIn(): Promise<void> {
    const answer = await this.call('POST', '/api/auth/login', admin)
    this.token = String(answer.body.token)
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await this.fetch(method, path, body)
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
  }

  fetch(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        // A kept connection may be closed by the server in the moment it is used again, and nobody repeats a POST.
        connection: 'close',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  /** The events of a stream until it ends or breaks; what arrived before a break stays in `into`. A refusal is one event `problem` without an id. */
  async events(method: string, path: string, into: SseEvent[] = []): Promise<SseEvent[]> {
    const response = await this.fetch(method, path, undefined, { accept: 'text/event-stream' })
    if (response.body === null) return into
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
      into.push({ id: '', type: 'problem', data: (await response.json()) as Record<string, unknown> })
      return into
    }
    const parsed = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
    for await (const event of parsed) {
      into.push({
        id: event.id ?? '',
        type: event.event ?? '',
        data: JSON.parse(event.data) as Record<string, unknown>,
      })
    }
    return into
  }
}
