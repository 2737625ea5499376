/** The command `snowline-sdk` with all it can do. */
import { type CommandDef, defineCommand } from 'citty'
import { doctorCommand } from './doctor.ts'
import type { Surroundings } from './surroundings.ts'
import { typesCommand } from './types.ts'

/** The whole command; it throws nothing but what citty says of a command it does not know. */
export function snowlineCommand(around: Surroundings): CommandDef {
  return defineCommand({
    meta: {
      name: 'snowline-sdk',
      ...(around.version === undefined ? {} : { version: around.version }),
      description:
        'Types and health of a ServiceNow instance. Reads SN_INSTANCE_URL, SN_USERNAME, SN_PASSWORD (or SN_AUTH_TYPE and what goes with it).',
    },
    subCommands: { types: typesCommand(around), doctor: doctorCommand(around) },
  })
}
