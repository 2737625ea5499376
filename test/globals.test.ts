/** Clock, chance, network and process are arguments in the core of the SDK: what reaches for them by itself is named here, with its reason. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesBelow, root } from './sources.ts'

const rooms = [
  'base',
  'model',
  'ports',
  'tables',
  'query',
  'mapper',
  'http',
  'client',
  'sync',
  'stores',
  'adapters',
  'schemas',
]

/** Whose use ends a replay: the value of each depends on the machine and the moment. */
const refusedNames = new Set([
  'performance',
  'process',
  'globalThis',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
])
/** Refused wherever they are named, so that a named import is caught too. */
const refusedMembers = new Set(['randomUUID', 'getRandomValues', 'randomBytes'])

/** File, use, and why it may. */
const exceptions: [string, string, string][] = [
  ['base/clock.ts', 'Date.now', 'systemClock: the default of every clock'],
  ['base/clock.ts', 'setTimeout', 'systemClock: the default of every wait'],
  [
    'base/digest.ts',
    'process.getBuiltinModule',
    'reaches node:crypto for SHA-256, which is the same everywhere',
  ],
  ['client/options.ts', 'Math.random', "the default of the client's jitter"],
  ['client/options.ts', 'globalThis', 'asks whether this is a page of a browser'],
  ['client/batch.ts', 'crypto.randomUUID', 'names one batch to the instance; nothing is decided by it'],
  ['client/notes.ts', 'crypto.subtle', 'SHA-256, the same everywhere'],
  ['http/transport.ts', 'globalThis.fetch', 'the default of what sends a request'],
  ['http/deadline.ts', 'setTimeout', 'ends a request that hangs: real time, whatever a virtual clock says'],
  ['http/jwt-bearer.ts', 'crypto.randomUUID', 'the default of newId'],
  ['http/jwt-bearer.ts', 'crypto.subtle', 'signs an assertion'],
  ['http/observe.ts', 'globalThis.process', 'reaches node:diagnostics_channel where it is'],
  [
    'adapters/table-sink.ts',
    'AbortSignal.timeout',
    'ends a write that hangs: real time, for the same reason',
  ],
  ['stores/breath.ts', 'setImmediate', 'gives way to others in long work; no row depends on it'],
  [
    'stores/sqlite-patient.ts',
    'setTimeout',
    'waits while another process holds the file; no row depends on it',
  ],
]

test('the core takes clock, chance, fetch and process as arguments; every exception is named and needed', () => {
  const found = rooms
    .flatMap((room) => [...filesBelow(`packages/sdk/src/${room}`)])
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const uses = usesOfGlobals(readFileSync(join(root, file), 'utf8'))
      return uses.map((use) => `${file.replace('packages/sdk/src/', '')}: ${use}`)
    })
  expect([...new Set(found)].sort()).toEqual(exceptions.map(([file, use]) => `${file}: ${use}`).sort())
})

test.each([
  ['const at = Date.now()', 'Date.now'],
  ['const { now } = Date', 'Date'],
  ['const at = new Date()', 'new Date()'],
  ['const at = Date()', 'Date'],
  ['const jitter = Math.random() * 5', 'Math.random'],
  ["const jitter = Math['random']()", 'Math'],
  ['const at = performance.now()', 'performance.now'],
  ['const id = crypto.randomUUID()', 'crypto.randomUUID'],
  ["import { randomUUID } from 'node:crypto'", 'randomUUID'],
  ['const f = options.fetch ?? fetch', 'fetch'],
  ['void fetch(url)', 'fetch'],
  ['const f = globalThis.fetch', 'globalThis.fetch'],
  ['setTimeout(run, 5)', 'setTimeout'],
  ['const timers = { wait: setInterval }', 'setInterval'],
  ['setImmediate(run)', 'setImmediate'],
  ['const key = process.env.KEY', 'process.env'],
  ['const signal = AbortSignal.timeout(5)', 'AbortSignal.timeout'],
  ['function f(fetch: unknown) {}\nvoid fetch', 'fetch'],
])('the test can fail: %s', (text, use) => {
  expect(usesOfGlobals(text)).toContain(use)
})

test('and it lets alone what only looks like it', () => {
  const innocent = [
    '/** Date.now() in a comment */',
    "const text = 'Math.random()'",
    'const at = new Date(clock.now()).toISOString()',
    'const dated = value instanceof Date',
    "const ms = Date.parse('2026-01-01T00:00:00Z')",
    'const half = Math.floor(3 / 2)',
    'function send(fetch: () => void) { fetch() }',
    'const make = ({ setTimeout }: Timers) => setTimeout(5)',
    'function wait() { const performance = 5; return performance }',
    'options.fetch()',
    'const options = { fetch: send, process: 5 }',
    'interface Options { fetch: string; crypto: number }',
    'let timer: ReturnType<typeof setTimeout> | undefined',
  ]
  expect(innocent.flatMap(usesOfGlobals)).toEqual([])
})

/** What a text takes from the machine, as it is written: `Date.now`, `fetch`, ... */
function usesOfGlobals(text: string): string[] {
  const source = ts.createSourceFile('text.ts', text, ts.ScriptTarget.Latest, true)
  const uses: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return
    if (ts.isIdentifier(node)) uses.push(...useOf(node))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return uses
}

function useOf(name: ts.Identifier): string[] {
  const { parent, text } = name
  if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
    const owned = ts.isIdentifier(parent.expression) && refusedNames.has(parent.expression.text)
    return refusedMembers.has(text) && !owned ? [text] : []
  }
  if (isOnlyAName(name)) return []
  if (refusedMembers.has(text)) return [text]
  if (!['Date', 'Math', 'AbortSignal'].includes(text) && !refusedNames.has(text)) return []
  if (isDeclared(name)) return []
  const member = ts.isPropertyAccessExpression(parent) ? parent.name.text : null
  const use = member === null ? text : `${text}.${member}`
  if (text === 'Date')
    return isPureDate(name, member) ? [] : [ts.isNewExpression(parent) ? 'new Date()' : use]
  if (text === 'Math') return member === null || member === 'random' ? [use] : []
  if (text === 'AbortSignal') return member === 'timeout' ? [use] : []
  return [use]
}

/** A date of something given: `new Date(ms)`, `Date.parse`, `Date.UTC`; or the question whether a value is one. */
function isPureDate({ parent }: ts.Identifier, member: string | null): boolean {
  if (ts.isBinaryExpression(parent)) return parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0
  return member === 'parse' || member === 'UTC'
}

/** A label of something, not a value: a member's, a parameter's, a variable's own name. */
function isOnlyAName(name: ts.Identifier): boolean {
  const { parent } = name
  if (ts.isShorthandPropertyAssignment(parent)) return false
  if (ts.isImportSpecifier(parent)) return !refusedMembers.has(name.text)
  return 'name' in parent && parent.name === name
}

/** Does a function, a block or the file around it declare this name? */
function isDeclared(name: ts.Identifier): boolean {
  for (let at: ts.Node = name.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionLike(at) && at.parameters.some((each) => binds(each.name, name.text))) return true
    if ((ts.isBlock(at) || ts.isSourceFile(at)) && at.statements.some((each) => declares(each, name.text)))
      return true
  }
  return false
}

function declares(statement: ts.Statement, name: string): boolean {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.some((each) => binds(each.name, name))
  return ts.isFunctionDeclaration(statement) && statement.name?.text === name
}

function binds(pattern: ts.BindingName, name: string): boolean {
  if (ts.isIdentifier(pattern)) return pattern.text === name
  return pattern.elements.some((each) => ts.isBindingElement(each) && binds(each.name, name))
}
