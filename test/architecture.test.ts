/** ARCHITECTURE.md is the map of the house: every folder of sources stands in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foldersBelow, root } from './sources.ts'

test('every folder of sources is named in ARCHITECTURE.md', () => {
  const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const rooms = ['packages', 'examples', 'bench', 'scripts', 'decisions', 'test'].flatMap((folder) => [
    ...foldersBelow(folder),
  ])
  const sources = rooms.filter(
    (folder) => !/^packages\/[a-z]+\/test/.test(folder) && !/^examples\/[^/]+\//.test(folder),
  )
  const named = (folder: string) => {
    const [top, name, , ...inner] = folder.split('/')
    if (top !== 'packages' || name === undefined) return map.includes(`${folder}/`)
    if (inner.length === 0) return map.includes(`packages/${name}/`)
    return section(map, name).includes(`${inner.at(-1)}/`)
  }
  expect(sources.filter((folder) => !named(folder))).toEqual([])
})

/** The part of the map that tells of one package. */
function section(map: string, name: string): string {
  const from = map.indexOf(`packages/${name}/src/`)
  const to = map.indexOf('packages/', from + 1)
  return from < 0 ? '' : map.slice(from, to < 0 ? undefined : to)
}
