/** Reads a scenario from a file: JSON as it is, YAML through the package `yaml`, which is loaded when a file needs it. */
import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { ScenarioError } from './problem.ts'

function refuse(source: string, message: string, mend: string): never {
  throw new ScenarioError(source, [{ path: '', message, mend }])
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
}

/** The plain data of a file; throws `ScenarioError` when it is not there or cannot be parsed. */
export async function readScenarioFile(file: string): Promise<unknown> {
  const source = basename(file)
  const text = await readFile(file, 'utf8').catch((error: unknown) =>
    refuse(source, `It cannot be read: ${firstLine(error)}.`, 'Is the path right, seen from where you are?'),
  )
  const yaml = /^\.ya?ml$/i.test(extname(file))
  const parse: (text: string) => unknown = yaml ? (await import('yaml')).parse : JSON.parse
  try {
    return parse(text) ?? {}
  } catch (error) {
    const kind = yaml ? 'YAML' : 'JSON'
    return refuse(source, `It is not ${kind}: ${firstLine(error)}`, `Mend the ${kind} at that place.`)
  }
}
