/** The command `doctor`: the checks of `client.doctor()`, with DNS and TLS, one line each. */
import { defineCommand } from 'citty'
import { clientOptionsFromEnv, createClient, type DoctorReport } from '../index.ts'
import { networkChecks } from '../node/network-checks.ts'
import { checkArguments } from './arguments.ts'
import type { Surroundings } from './surroundings.ts'
import { tablesOf } from './tables.ts'
import { telling } from './tell.ts'

interface DoctorArgs {
  tables: string
  write: boolean
  network: boolean
  json: boolean
}

const options = {
  tables: { type: 'string', default: 'incident', description: 'Names joined by commas' },
  write: {
    type: 'boolean',
    default: false,
    description: 'Also make a record in each table, change it and delete it again',
  },
  network: {
    type: 'boolean',
    default: true,
    description: 'DNS and TLS',
    negativeDescription: 'Leave DNS and TLS out, for example behind a proxy',
  },
  json: { type: 'boolean', default: false, description: 'The report as JSON' },
} as const

export function doctorCommand(around: Surroundings) {
  return defineCommand({
    meta: {
      name: 'doctor',
      description:
        'Examine an instance, its user and some tables. Ends with 0 when nothing failed (warnings are allowed), with 1 when a check failed or the command could not run.',
    },
    args: options,
    run: ({ args, rawArgs }) =>
      telling(around, async () => {
        checkArguments(rawArgs, options)
        await examine(args, around)
      }),
  })
}

async function examine(args: DoctorArgs, { env, client, print, fail }: Surroundings): Promise<void> {
  const tables = tablesOf(args.tables)
  const sn = createClient({ ...clientOptionsFromEnv(env), ...client })
  const report = await sn.doctor({
    tables,
    write: args.write,
    ...(args.network ? { network: networkChecks() } : {}),
  })
  for (const line of args.json ? [JSON.stringify(report, null, 2)] : linesOf(report)) print(line)
  if (!report.ok) fail(1)
}

function linesOf({ origin, checks }: DoctorReport): string[] {
  const subject = ({ name, table }: DoctorReport['checks'][number]) =>
    table === undefined ? name : `${name} ${table}`
  const width = Math.max(...checks.map((check) => subject(check).length))
  return [
    origin,
    ...checks.flatMap((check) => [
      `${check.status.padEnd(4)}  ${subject(check).padEnd(width)}  ${check.message}`,
      ...(check.mend === undefined ? [] : [`${''.padEnd(width + 6)}  > ${check.mend}`]),
    ]),
  ]
}
