#!/usr/bin/env node
/** Starts `snowline-sdk` (`npx @snowline/sdk types`, `npx @snowline/sdk doctor`) with what this process was given. */
import { existsSync, readFileSync } from 'node:fs'
import { runMain } from 'citty'
import { checkFront } from './arguments.ts'
import { snowlineCommand } from './command.ts'
import { telling } from './tell.ts'

// Real variables win over those of the file.
if (existsSync('.env')) process.loadEnvFile('.env')

const around = {
  env: process.env,
  version: versionOf(new URL('../package.json', import.meta.url)),
  print: (line: string) => void process.stdout.write(`${line}\n`),
  complain: (line: string) => void process.stderr.write(`${line}\n`),
  fail: (status: number) => {
    process.exitCode = status
  },
}

await telling(around, async () => {
  const rawArgs = process.argv.slice(2)
  checkFront(rawArgs)
  await runMain(snowlineCommand(around), { rawArgs })
})

/** Of the package this file was installed with. */
function versionOf(manifest: URL): string {
  const read: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : ''
}
