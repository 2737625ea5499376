/** What may follow a command: each fault is told by its word, and the nearest known option is named. */
import { expect, test } from 'vitest'
import { checkArguments, checkFront } from '../../src/cli/arguments.ts'

const known = {
  tables: { type: 'string' },
  out: { type: 'string' },
  check: { type: 'boolean' },
  network: { type: 'boolean' },
} as const

test.each([
  ['--chekc', 'unknown option --chekc: did you mean --check?'],
  ['--tabels incident', 'unknown option --tabels: did you mean --tables?'],
  ['--no-netwrok', 'unknown option --no-netwrok: did you mean --no-network?'],
  ['--no-tables', 'unknown option --no-tables: did you mean --tables?'],
  ['-o x', 'unknown option -o: known are --tables, --out, --check, --network.'],
  ['--__proto__', 'unknown option --__proto__: known are --tables, --out, --check, --network.'],
  ['incident', '"incident" belongs to no option.'],
  ['--tables incident sys_user', '"sys_user" belongs to no option.'],
  ['--check -- --out', '"--" belongs to no option.'],
  ['--tables', '--tables needs a value.'],
  ['--tables=', '--tables needs a value.'],
  ['--out --check', '--out needs a value.'],
  ['--out x --out y', '--out is given twice.'],
  ['--check=maybe', '--check takes no value.'],
  ['--no-network=1', '--no-network takes no value.'],
])('%s: refused', (line, message) => {
  expect(() => checkArguments(line.split(' '), known)).toThrow(new TypeError(message))
})

test('a value of blanks is none', () => {
  expect(() => checkArguments(['--tables', ' '], known)).toThrow('--tables needs a value.')
})

test.each([
  '--tables incident --out x.ts --check',
  '--tables=incident --no-network',
  '--check=false --out=-x.ts',
])('%s: taken', (line) => {
  expect(() => checkArguments(line.split(' '), known)).not.toThrow()
})

test('before the command stands only what asks for help or the version', () => {
  expect(() => checkFront(['--check', 'types'])).toThrow(/--check stands before the command/)
  for (const words of [[], ['types', '--chekc'], ['--help'], ['--version']])
    expect(() => checkFront(words)).not.toThrow()
})
