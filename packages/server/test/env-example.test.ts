/** `.env.example` names every variable that is read, and no other; it carries no value. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environment } from '../src/config.ts'

const root = join(import.meta.dirname, '../../..')

/** The `SN_*` names that stand in the sources: they are read one by one, unjudged by the schema. */
function namesInSources(): string[] {
  const files = ['packages/server/src', 'packages/sdk/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
  return [...new Set(files.flatMap((text) => text.match(/\bSN_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []))]
}

test('it names exactly the variables that are read', () => {
  const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n')
  const named = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=')[0])
  const read = [...Object.keys(environment.shape).filter((key) => key !== 'NODE_ENV'), ...namesInSources()]
  expect([...named].sort()).toEqual([...new Set(read)].sort())
  expect(lines.filter((line) => /^[A-Z].*=./.test(line))).toEqual([])
})
