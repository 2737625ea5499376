/** Calls the command in this process, against an instance, and keeps what it said. */
import type { Instance } from '@snowline/simulator'
import { runCommand } from 'citty'
import { snowlineCommand } from '../../src/cli/command.ts'
import type { ClientOptions } from '../../src/index.ts'

export const variables = { SN_INSTANCE_URL: 'dev00001', SN_USERNAME: 'admin', SN_PASSWORD: 'admin' }

export async function run(
  { fetch }: Pick<Instance, 'fetch'>,
  rawArgs: string[],
  env: Record<string, string> = variables,
  client: Partial<ClientOptions> = { fetch, maxRetries: 0 },
) {
  const said = { out: [] as string[], err: [] as string[], status: 0 }
  const command = snowlineCommand({
    env,
    print: (line) => void said.out.push(line),
    complain: (line) => void said.err.push(line),
    fail: (status) => {
      said.status = status
    },
    client,
  })
  await runCommand(command, { rawArgs })
  return said
}
