/** What the core may load: nothing of Node, ofetch in one file only, and no other package; zod comes with the schemas alone. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const entry = new URL('../src/index.ts', import.meta.url)

/** Every module reached from a file by an import, static or by `import()`, with the files that import it. */
function reach(file: URL, seen = new Map<string, string[]>()): Map<string, string[]> {
  const text = readFileSync(file, 'utf8')
  const imports = /^(?:import|export) (?!type )(?:[\w\s{},*]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm
  for (const [, fixed, lazy] of text.matchAll(imports)) {
    const name = fixed ?? lazy ?? ''
    const target = name.startsWith('.') ? new URL(name, file) : null
    const key = target?.href ?? name
    const importers = seen.get(key)
    if (importers !== undefined) {
      importers.push(file.pathname)
      continue
    }
    seen.set(key, [file.pathname])
    if (target !== null) reach(target, seen)
  }
  return seen
}

test('the entry reaches ofetch through the transport, and no other package', () => {
  const reached = reach(entry)
  const packages = [...reached].filter(([name]) => !name.startsWith('file:'))
  expect(packages.map(([name, by]) => [name, by.map((path) => path.split('/src/')[1])]).sort()).toEqual([
    ['ofetch', ['http/transport.ts']],
  ])
  expect(reached.size).toBeGreaterThan(50)
})
