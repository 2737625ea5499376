/** The table in `docs/facts.md`: every test it names is there, and every fact has a test or a reason. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

interface Fact {
  readonly section: string
  readonly fact: string
  readonly source: string
  readonly heldBy: string
}

/** Rows of all tables, without heads and rules; no cell of the document holds a `|`. */
const facts: readonly Fact[] = readFileSync(here('../docs/facts.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [section = '', fact = '', source = '', heldBy = '', ...more] = line.slice(2, -2).split(' | ')
    expect([line, more]).toEqual([line, []])
    return { section, fact, source, heldBy }
  })

/** Names of tests in a file as they are written there, with the places of values. */
function namesIn(file: string): string[] {
  const text = readFileSync(here(file), 'utf8')
  return [...text.matchAll(/\(\s*(['"`])((?:(?!\1).)+)\1,\s*(?:async\s*)?\(/g)].map(([, , name = '']) => name)
}

test.each(facts)('$section $fact', ({ heldBy, source }) => {
  expect(source).toMatch(/^((doc|capture|code|issue|belief)(, |; words: |$))+$/)
  if (heldBy.startsWith('not imitated: ')) {
    expect(heldBy.length).toBeGreaterThan(30)
    return
  }
  const [, file = '', name] = /^`([^`]+\.test\.ts)` › (.+)$/.exec(heldBy) ?? []
  expect([heldBy, file !== '' && existsSync(here(file))]).toEqual([heldBy, true])
  expect(namesIn(file)).toContain(name)
})

test('all nine sections are there', () => {
  const sections = new Set(facts.map(({ section }) => section.split('.')[0]))
  expect([...sections]).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9'])
  expect(facts.length).toBeGreaterThan(120)
})
