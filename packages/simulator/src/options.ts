/** The options of the command: what each is for, which words are none of them, and the help for people. */
import { parseArgs } from 'node:util'
import { nearest } from './scenario/nearest.ts'
import { presetNames, presets } from './scenario.ts'

interface Option {
  /** What stands for its value in the help; an option without one is a switch. */
  readonly value?: string
  readonly says: string
}

/** Every option by name, in the order in which people are shown them. */
export const OPTIONS = {
  port: { value: 'number', says: 'Port; 0 takes any free one (default 4412)' },
  host: { value: 'address', says: 'Address to listen on (default 127.0.0.1)' },
  tls: { says: 'HTTPS with a certificate made for the occasion' },
  preset: { value: 'name', says: 'What kind of instance, see below (default healthy)' },
  scenario: { value: 'file', says: 'A file that describes the instance, JSON or YAML' },
  incidents: { value: 'count', says: 'How many incidents to begin with (presets: 400)' },
  bulk: { value: 'count', says: 'Incidents more without journals, for a million of them' },
  seed: { value: 'number', says: 'The same seed gives the same data (default 1)' },
  user: { value: 'name', says: "The one user who may sign in, in place of the preset's" },
  password: { value: 'text', says: 'The password of that user (default admin)' },
  latency: { value: 'ms', says: 'Milliseconds before each answer' },
  busy: { value: 'seconds', says: 'One change every so many seconds; 0 for none' },
  help: { says: 'This help' },
  version: { says: 'The version' },
} as const satisfies Readonly<Record<string, Option>>

type Name = keyof typeof OPTIONS

const names = Object.keys(OPTIONS) as readonly Name[]
const takesValue = (name: Name): boolean => 'value' in OPTIONS[name]

function isName(name: string): name is Name {
  return Object.hasOwn(OPTIONS, name)
}

/** A letter or word that is no option, with the one that may have been meant. */
function unknown(written: string, bare: string): string {
  const near = nearest(bare, names) ?? (bare === '' ? undefined : names.find((name) => name.startsWith(bare)))
  return `unknown option ${written}${near === undefined ? '' : `; did you mean --${near}?`}`
}

/** The options as they were tokenised by Node; nothing is refused there, so that each fault is told in its own words. */
function tokensOf(args: readonly string[]) {
  const options = Object.fromEntries(
    names.map((name) => [name, { type: takesValue(name) ? ('string' as const) : ('boolean' as const) }]),
  )
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

/**
 * What is wrong with the words behind the command, all at once: nothing is started while anything is.
 *
 * @example wrongOptions(['--prot', '80']) // ['unknown option --prot; did you mean --port?', 'unknown word "80"; ...']
 */
export function wrongOptions(args: readonly string[]): string[] {
  return tokensOf(args).flatMap((token) => {
    if (token.kind === 'option-terminator') return []
    if (token.kind === 'positional') return [`unknown word "${token.value}"; options begin with --`]
    const { name, rawName, value, inlineValue } = token
    if (rawName === '-h') return []
    if (!isName(name) || !rawName.startsWith('--')) return [unknown(rawName, name)]
    if (!takesValue(name)) return value === undefined ? [] : [`--${name} takes no value, not "${value}"`]
    if (value === undefined || value === '') return [`--${name} needs a value`]
    const isNext = !inlineValue && value.startsWith('-')
    return isNext ? [`--${name} needs a value; one that begins with - is written --${name}=${value}`] : []
  })
}

const WIDTH = 80

/** Words in lines of no more than 80 letters, each line after the first one set in. */
function wrapped(first: string, text: string, indent: number): string {
  const lines: string[] = []
  let line = first.padEnd(indent)
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + word.length + 1 > WIDTH && line.length > indent) {
      lines.push(line.trimEnd())
      line = ' '.repeat(indent)
    }
    line += line.length > indent ? ` ${word}` : word
  }
  return [...lines, line].join('\n')
}

const ABOUT =
  'A pretend ServiceNow instance on a port of this machine, with a page for people at /. It prints "ready <address>" and serves until SIGTERM or SIGINT.'

/** The help: plain text, also for a pipe. */
export function usage(): string {
  const heads = names.map((name) => {
    const option: Option = OPTIONS[name]
    return [
      option.value === undefined ? `  --${name}` : `  --${name} <${option.value}>`,
      option.says,
    ] as const
  })
  const indent = 2 + Math.max(...heads.map(([head]) => head.length))
  return [
    wrapped('', ABOUT, 0),
    '',
    'Usage: snowline-simulator [options]',
    '',
    'Options:',
    ...heads.map(([head, says]) => wrapped(head, says, indent)),
    '',
    'Presets:',
    ...presetNames.map((name) => wrapped(`  ${name}`, presets[name].sentence, indent)),
    '',
  ].join('\n')
}
