/**
 * One door for a fresh machine: `start`, `test`, `build`, `check`, `prove`, `bench`. Installs and builds what is missing, and skips both when the
 * lockfile and the sources are the ones of the last time. Runs on whatever Node is there; everything after it runs on the pinned one.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamps = join(root, 'node_modules', '.snowline')
const PNPM = 'pnpm@12.21.0'
const built = ['sdk', 'simulator', 'widget', 'server']

const tasks = {
  start: () => {
    build({ declarations: false })
    return node('scripts/start.mjs', ...rest)
  },
  test: () => {
    build({ declarations: false })
    return bin('vitest', 'run', ...rest)
  },
  build: () => {
    build({ declarations: true })
    return Promise.resolve(0)
  },
  check: async () =>
    (await bin('biome', 'check', '.')) ||
    (await bin('tsc', '-p', 'tsconfig.json')) ||
    (await bin('tsc', '-p', 'packages/widget/tsconfig.json')) ||
    (await bin('tsc', '-p', 'packages/widget/tsconfig.node.json')),
  // The long form of what `npm test` runs small.
  prove: () => {
    build({ declarations: false })
    return node('scripts/prove.mjs', ...rest)
  },
  bench: () => {
    build({ declarations: false })
    return node('bench/run.mjs', ...rest)
  },
}

const [task, ...rest] = process.argv.slice(2)
const run = tasks[task]
if (run === undefined) fail(`Say one of: ${Object.keys(tasks).join(', ')}.`)
install()
useChromium(task)
process.exitCode = await run()

/** pnpm runs only when the lockfile or a manifest differs from the last install. */
function install() {
  const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'bench/package.json']
  for (const folder of ['packages', 'examples']) {
    for (const name of list(folder)) manifests.push(join(folder, name, 'package.json'))
  }
  once('install', hash(manifests.filter((file) => existsSync(join(root, file)))), () => {
    const args = ['--yes', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only']
    const result = spawnSync('npx', args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    })
    if (result.status !== 0)
      fail('The install did not finish; the lines above say why. Is the npm registry reachable?')
  })
  const version = spawnSync(nodePath(), ['--version'], { encoding: 'utf8' }).stdout.trim()
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  fail(
    `Snowline needs Node 22.18 or later and found ${version || 'none'}; the pinned Node 24 could not be installed here. Install Node 24 and run this again.`,
  )
}

/** tsup runs only for packages whose sources differ from the last build. */
function build({ declarations }) {
  const shared = hash(sources('packages/protocol'))
  for (const name of built) {
    const folder = `packages/${name}`
    const kind = declarations ? 'full' : 'js'
    const digest = `${kind} ${shared} ${hash(sources(folder))}`
    const stamp = read(join(stamps, `build-${name}`))
    // A full build serves both; a build without declarations serves only who needs none.
    if (
      existsSync(join(root, folder, 'dist')) &&
      (stamp === digest || stamp === digest.replace(/^js/, 'full'))
    )
      continue
    const env = { ...environment(), SNOWLINE_DTS: declarations ? 'on' : 'off', NODE_ENV: 'production' }
    const result = spawnSync(join(root, 'node_modules', '.bin', 'tsup'), ['--silent'], {
      cwd: join(root, folder),
      stdio: 'inherit',
      env,
    })
    if (result.status !== 0) fail(`Building ${folder} failed; the lines above say why.`)
    keep(`build-${name}`, digest)
  }
}

/** Browser tests need a Chromium of the system; where it can be installed by the package manager, it is. */
function useChromium(wanted) {
  if (wanted !== 'test') return
  const known = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const find = () => known.find((path) => path !== undefined && existsSync(path))
  if (find() === undefined && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium for the browser tests (apt-get install chromium) ...')
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  const path = find()
  if (path === undefined) {
    fail(
      'The browser tests need Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to a Chrome or Chromium.',
    )
  }
  process.env.CHROMIUM_PATH = path
}

function node(...args) {
  return child(nodePath(), args)
}

function bin(name, ...args) {
  return child(join(root, 'node_modules', '.bin', name), args)
}

/** Runs in the foreground; signals reach the child by the terminal or are passed on, and its exit code is ours. */
function child(command, args) {
  return new Promise((resolve) => {
    const running = spawn(command, args, { cwd: root, stdio: 'inherit', env: environment() })
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => running.kill(signal))
    running.on('exit', (code, signal) =>
      resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1)),
    )
  })
}

function environment() {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) }
}

function nodePath() {
  const pinned = join(root, 'node_modules', '.bin', 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

function once(name, digest, work) {
  if (existsSync(join(root, 'node_modules')) && read(join(stamps, name)) === digest) return
  work()
  keep(name, digest)
}

function keep(name, digest) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), digest)
}

function sources(folder) {
  return [...walk(join(folder, 'src')), `${folder}/package.json`, `${folder}/tsup.config.ts`].filter((file) =>
    existsSync(join(root, file)),
  )
}

function* walk(folder) {
  for (const name of list(folder)) {
    const path = join(folder, name)
    if (statSync(join(root, path)).isDirectory()) yield* walk(path)
    else yield path
  }
}

function list(folder) {
  const path = join(root, folder)
  return existsSync(path) ? readdirSync(path).sort() : []
}

function hash(files) {
  const digest = createHash('sha256')
  for (const file of files)
    digest
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  return digest.digest('hex')
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
