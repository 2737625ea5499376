/** What the benchmarks share: an instance in a process of its own, parts in theirs, the median, and promises that are kept or broken. */
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Starts a file of this folder that serves an instance and says `ready <url>`. */
export async function startInstance(file: string, ...args: string[]): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [here(file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('ready ')) return { url: line.slice('ready '.length), stop: () => child.kill() }
  }
  throw new Error('the simulator ended before it was ready')
}

/** Runs a file of this folder to its end; what it measured is the JSON it prints. */
export function runPart<T>(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): T {
  const result = spawnSync(process.execPath, [here(file), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  if (result.status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${result.status}`)
  return JSON.parse(result.stdout) as T
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Prints one promise and whether it is kept; a broken one ends the process with an error. */
export function promise(what: string, measured: string, kept: boolean): void {
  console.log(`${kept ? 'kept  ' : 'BROKEN'} ${what}: ${measured}`)
  if (!kept) process.exitCode = 1
}
