/** The command `types`: the dictionary of an instance, or of a file, as a module of TypeScript. */
import { readFile, writeFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { clientOptionsFromEnv, createClient } from '../index.ts'
import {
  type Dictionary,
  fieldsInLine,
  formatDictionary,
  parseDictionary,
  unreadOf,
} from '../typegen/dictionary.ts'
import { differenceOf } from '../typegen/difference.ts'
import { readDictionary } from '../typegen/read-dictionary.ts'
import { writeTypes } from '../typegen/write-types.ts'
import { checkArguments } from './arguments.ts'
import type { Surroundings } from './surroundings.ts'
import { tablesOf } from './tables.ts'
import { telling } from './tell.ts'

interface TypesArgs {
  tables?: string | undefined
  out?: string | undefined
  from?: string | undefined
  save?: string | undefined
  check: boolean
}

const options = {
  tables: { type: 'string', description: 'Names joined by commas, for example incident,sys_user' },
  out: { type: 'string', description: 'The file to write, for example src/sn.gen.ts' },
  check: {
    type: 'boolean',
    default: false,
    description:
      'Write nothing, what --save names neither; end with 1 when the file is not what would be written',
  },
  save: { type: 'string', description: 'Keep what the instance said in this file' },
  from: { type: 'string', description: 'Read that file instead of asking an instance' },
} as const

export function typesCommand(around: Surroundings) {
  return defineCommand({
    meta: {
      name: 'types',
      description:
        'Write the types of tables from the dictionary of an instance. Ends with 0 when the file was written or, with --check, is up to date; with 1 when it is not, when a table could not be read, or when the command could not run: then nothing is written.',
    },
    args: options,
    run: ({ args, rawArgs }) =>
      telling(around, async () => {
        checkArguments(rawArgs, options)
        await writeOrCheck(args, around)
      }),
  })
}

async function writeOrCheck(args: TypesArgs, around: Surroundings): Promise<void> {
  const { out, save } = args
  if (out === undefined) throw new TypeError('--out is missing: name the file to write.')
  const dictionary = await dictionaryOf(args, around)
  for (const line of unreadOf(dictionary)) around.complain(`not read: ${line}`)
  const empty = dictionary.asked.filter((table) => fieldsInLine(dictionary, table).length === 0)
  if (empty.length > 0) {
    throw new TypeError(
      `no field of ${empty.join(', ')} could be read, so nothing was written: check the names and the rights of the user`,
    )
  }
  const text = writeTypes(dictionary)
  if (args.check) return check(out, text, around)
  await writeFile(out, text)
  if (save !== undefined) await writeFile(save, formatDictionary(dictionary))
  const count = dictionary.asked.length
  around.print(`${out}: ${count} ${count === 1 ? 'table' : 'tables'}`)
}

async function dictionaryOf({ from, tables }: TypesArgs, { env, client }: Surroundings): Promise<Dictionary> {
  if (from === undefined) {
    const asked = tablesOf(tables)
    return readDictionary(createClient({ ...clientOptionsFromEnv(env), ...client }), asked)
  }
  const kept = parseDictionary(await readFile(from, 'utf8'))
  const asked = tables === undefined ? kept.asked : tablesOf(tables)
  const unknown = asked.filter((table) => !kept.tables.some(({ name }) => name === table))
  if (unknown.length > 0) throw new TypeError(`${from} knows nothing of ${unknown.join(', ')}.`)
  return { ...kept, asked: [...new Set(asked)].sort() }
}

async function check(out: string, text: string, { print, fail }: Surroundings): Promise<void> {
  const held = await readFile(out, 'utf8').catch(() => null)
  const lines = held === null ? [`  there is no ${out}`] : differenceOf(held, text)
  if (lines.length === 0) return print(`${out} is up to date`)
  print(`${out} is not up to date:`)
  for (const line of lines) print(line)
  fail(1)
}
