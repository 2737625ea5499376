/** The command `types`: the dictionary of an instance, or of a file, as a module of TypeScript. */
import { readFile, writeFile } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { clientOptionsFromEnv, createClient } from '../index.ts'
import { type Dictionary, formatDictionary, parseDictionary } from '../typegen/dictionary.ts'
import { differenceOf } from '../typegen/difference.ts'
import { readDictionary } from '../typegen/read-dictionary.ts'
import { writeTypes } from '../typegen/write-types.ts'
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

export function typesCommand(around: Surroundings) {
  return defineCommand({
    meta: { name: 'types', description: 'Write the types of tables from the dictionary of an instance' },
    args: {
      tables: { type: 'string', description: 'Names joined by commas, for example incident,sys_user' },
      out: { type: 'string', description: 'The file to write, for example src/sn.gen.ts' },
      check: {
        type: 'boolean',
        default: false,
        description: 'Write nothing; end with 1 when the file is not what would be written',
      },
      save: { type: 'string', description: 'Keep what the instance said in this file' },
      from: { type: 'string', description: 'Read that file instead of asking an instance' },
    },
    run: ({ args }) => telling(around, () => writeOrCheck(args, around)),
  })
}

async function writeOrCheck(args: TypesArgs, around: Surroundings): Promise<void> {
  const { out, save } = args
  if (out === undefined) throw new TypeError('--out is missing: name the file to write.')
  const dictionary = await dictionaryOf(args, around)
  for (const line of dictionary.unread) around.complain(`not read: ${line}`)
  if (save !== undefined) await writeFile(save, formatDictionary(dictionary))
  const text = writeTypes(dictionary)
  const empty = dictionary.asked.filter((table) => !dictionary.fields.some((field) => field.table === table))
  if (args.check) return check(out, text, around)
  await writeFile(out, text)
  const count = dictionary.asked.length
  around.print(`${out}: ${count} ${count === 1 ? 'table' : 'tables'}`)
  if (empty.length > 0) {
    around.complain(
      `no field of ${empty.join(', ')} could be read: check the names and the rights of the user`,
    )
    around.fail(1)
  }
}

async function dictionaryOf({ from, tables }: TypesArgs, { env, client }: Surroundings): Promise<Dictionary> {
  if (from === undefined) {
    const asked = tablesOf(tables)
    if (asked.length === 0)
      throw new TypeError('--tables is missing: name them, for example --tables incident,sys_user.')
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
