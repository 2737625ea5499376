/** The README names every option, control, route, fault and preset; nobody has to read the source to find one. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { controlRoutes } from '../src/control-routes.ts'
import { createInstance, FAULT_KINDS } from '../src/index.ts'
import { OPTIONS } from '../src/options.ts'
import { presetNames } from '../src/scenario.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const readme = read('../README.md')

/** The members of an interface as its source declares them. */
function membersOf(file: string, name: string): string[] {
  const body = read(file).split(`export interface ${name} `)[1]?.split('\n}\n')[0] ?? ''
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member)
}

test.each([
  ['createInstance', [...membersOf('../src/world.ts', 'WorldOptions'), 'begin']],
  ['UserOptions', membersOf('../src/acl.ts', 'UserOptions')],
  ['scenarios', membersOf('../src/scenario/scenario.ts', 'Scenario')],
  ['Fault', membersOf('../src/faults.ts', 'Fault').filter((name) => name !== 'kind')],
])('every name of %s', (_, names) => {
  expect(names.length).toBeGreaterThan(5)
  const missing = names.filter((name) => !new RegExp(`[\`{\\s]${name}[\`?:,(]`).test(readme))
  expect(missing).toEqual([])
})

test('every control method', () => {
  const names = Object.keys(createInstance().control).filter((name) => name !== 'clock')
  expect(names.filter((name) => !readme.includes(`\`${name}(`) && !readme.includes(`, \`${name}(`))).toEqual(
    [],
  )
})

test('every route of the control door', () => {
  const missing = Object.keys(controlRoutes).filter((route) => {
    const [method = '', name = ''] = route.split(' ')
    return !readme
      .split('\n')
      .some((line) => line.includes(`\`${method}`) && new RegExp(`[ \`]${name}[\`/ ?{]`).test(line))
  })
  expect(missing).toEqual([])
})

test('every fault, every preset, every option of the command', () => {
  const options = Object.keys(OPTIONS).map((name) => `--${name}`)
  expect(options).toContain('--scenario')
  for (const name of [...FAULT_KINDS, ...presetNames, ...options]) expect(readme).toContain(`\`${name}`)
})
