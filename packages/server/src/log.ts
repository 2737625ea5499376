/** The server's log: one line an event on standard error, JSON by pino, or short words for people. */
import type { Logger } from '@snowline/sdk'
import { pino } from 'pino'
import type { ServerConfig } from './config.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Standard output stays free for what a command says itself. */
const STDERR = 2

/** Example of a line: `{"level":"info","time":1767225600000,"event":"http.request","status":200}`. */
export function createLogger({ logLevel, logFormat }: Pick<ServerConfig, 'logLevel' | 'logFormat'>): Logger {
  const destination = pino.destination({ dest: STDERR, sync: true })
  const options = { level: logLevel, base: null, messageKey: 'event', formatters: { level: levelLabel } }
  const sink = logFormat === 'json' ? pino(options, destination) : pino(options, { write: writePretty })
  const line =
    (level: Level) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      sink[level](fields, event)
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
}

function levelLabel(level: string): { level: string } {
  return { level }
}

/** Each value as JSON: a line break or an escape code in a field stays inside its line. */
function writePretty(line: string): void {
  const { level, time, event, ...fields } = JSON.parse(line) as Record<string, unknown>
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  const at = new Date(Number(time)).toISOString().slice(11, 19)
  process.stderr.write(`${at} ${String(level)} ${JSON.stringify(event).slice(1, -1)}${pairs.join('')}\n`)
}
