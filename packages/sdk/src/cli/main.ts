#!/usr/bin/env node
/** Starts `snowline-sdk` (`npx @snowline/sdk types`, `npx @snowline/sdk doctor`) with what this process was given. */
import { existsSync } from 'node:fs'
import { runMain } from 'citty'
import { snowlineCommand } from './command.ts'

// Real variables win over those of the file.
if (existsSync('.env')) process.loadEnvFile('.env')

await runMain(
  snowlineCommand({
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    fail: (status) => {
      process.exitCode = status
    },
  }),
)
