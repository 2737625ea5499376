/** What the manifests of the published packages say to users: licence, words to find them by, and exports without what only this repository has. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')

test.each(['sdk', 'simulator', 'server', 'widget'])('%s', (name) => {
  const manifest = JSON.parse(read(`packages/${name}/package.json`))
  const entries = Object.entries<Record<string, string>>(manifest.exports)
  const published = entries.map(([subpath, { '@snowline/source': _, ...conditions }]) => [
    subpath,
    conditions,
  ])
  expect(manifest.publishConfig.exports).toEqual(Object.fromEntries(published))
  expect(manifest).toMatchObject({
    license: 'MIT',
    author: expect.any(String),
    description: expect.any(String),
  })
  expect(manifest.keywords).toContain('servicenow')
  expect(read(`packages/${name}/LICENSE`)).toBe(read('LICENSE'))
})
