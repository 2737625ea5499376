/** The package as a user gets it: built with declarations, packed by pnpm, unpacked beside its dependencies in a project of its own. */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../../', import.meta.url))
const modules = join(source, '../../node_modules')

export interface Project {
  folder: string
  /** Where the package stands in it. */
  installed: string
  /** The files that were packed. */
  packed: string[]
  remove(): void
}

/** Builds and packs into a temporary folder; nothing is written into the repository. About ten seconds. */
export function installPacked(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'snowline-packed-'))
  const built = join(folder, 'built')
  const tsup = join(modules, 'tsup/dist/cli-default.js')
  const env = { ...process.env, SNOWLINE_DTS: 'on' }
  node(source, [tsup, '--out-dir', join(built, 'dist')], env)
  for (const file of ['package.json', 'README.md', 'LICENSE']) cpSync(join(source, file), join(built, file))
  const pack = packWithPnpm(built, folder)
  const installed = join(folder, 'node_modules/@snowline/sdk')
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', pack.filename, '-C', installed, '--strip-components=1'])
  linkDependencies(folder)
  return {
    folder,
    installed,
    packed: pack.files.map(({ path }) => path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** What npm would install beside the package, and what a user of Node and SQLite has besides. */
function linkDependencies(folder: string): void {
  const link = (from: string, name: string) => {
    const at = join(folder, 'node_modules', name)
    mkdirSync(dirname(at), { recursive: true })
    if (!existsSync(at)) symlinkSync(from, at, 'junction')
  }
  for (const name of ['citty', 'kysely', 'ofetch', 'zod', 'better-sqlite3', '@types/better-sqlite3'])
    link(join(source, 'node_modules', name), name)
  link(join(modules, '@types/node'), '@types/node')
}

/**
 * As a release packs: by pnpm, which puts versions in place of `workspace:` and leaves out of the exports what only this repository has
 * (`publishConfig`). npm does neither.
 */
function packWithPnpm(built: string, to: string): { filename: string; files: { path: string }[] } {
  const workspace = join(built, 'node_modules/@snowline/simulator')
  mkdirSync(dirname(workspace), { recursive: true })
  symlinkSync(join(source, '../simulator'), workspace, 'junction')
  const [pnpm] = /pnpm@[\d.]+/.exec(readFileSync(join(source, '../../scripts/dev.mjs'), 'utf8')) ?? []
  if (pnpm === undefined) throw new Error('scripts/dev.mjs names no version of pnpm')
  const [npm, ...before] = npmCommand()
  const words = ['exec', '--yes', '--', pnpm, 'pack', '--json', '--pack-destination', to]
  const said = execFileSync(npm, [...before, ...words], {
    cwd: built,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(said)
}

function npmCommand(): [string, ...string[]] {
  const cli = process.env.npm_execpath
  return cli?.includes('npm-cli') ? [process.execPath, cli] : ['npm']
}

/** Runs Node in a folder; throws with what it said when it fails. */
export function node(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync(process.execPath, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The compilers by their name. */
export function compilers(): [string, string][] {
  const require = createRequire(import.meta.url)
  const bin = (manifest: string, name: string) => {
    const { bin: bins } = require(manifest) as { bin: Record<string, string> }
    return join(dirname(manifest), bins[name] ?? '')
  }
  return [
    ['TypeScript 5.9', bin(join(source, 'node_modules/typescript-5.9/package.json'), 'tsc')],
    ['TypeScript 6', bin(join(modules, 'typescript/package.json'), 'tsc6')],
    ['TypeScript 7', bin(join(modules, '@typescript/native/package.json'), 'tsc')],
  ]
}

/** Names of files below a folder that end so. */
export function filesEnding(folder: string, end: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(end))
}
