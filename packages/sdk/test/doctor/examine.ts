/** An instance to examine, and the report as one line a check. */
import { createInstance, type Instance, type InstanceOptions } from '@snowline/simulator'
import { createClient } from '../../src/client/client.ts'
import type { ClientOptions } from '../../src/client/options.ts'
import type { DoctorReport } from '../../src/doctor/check.ts'
import type { DoctorOptions } from '../../src/doctor/doctor.ts'
import { basicAuth } from '../../src/http/auth.ts'

export const startMs = Date.parse('2026-11-02T09:00:00Z')

export interface Ward {
  instance: Instance
  examine(options?: DoctorOptions): Promise<DoctorReport>
}

/** An instance with 200 incidents, and a client whose clock agrees with it. */
export function openWard(options: InstanceOptions = {}, more: Partial<ClientOptions> = {}): Ward {
  const instance = createInstance({ seed: 3, incidents: 200, ...options })
  const client = createClient({
    instanceUrl: 'dev00001',
    auth: basicAuth({ username: 'admin', password: 'admin' }),
    maxRetries: 0,
    clock: { now: () => startMs, sleep: async () => undefined },
    fetch: instance.fetch,
    ...more,
  })
  return { instance, examine: (wanted) => client.doctor(wanted) }
}

/** `['url ok', 'read incident ok', ...]` */
export function lines({ checks }: DoctorReport): string[] {
  return checks.map(({ name, table, status }) => [name, table ?? '', status].filter(Boolean).join(' '))
}

/** The check of that name; throws when it was not made. */
export function check({ checks }: DoctorReport, name: string) {
  const found = checks.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no check ${name}`)
  return found
}
