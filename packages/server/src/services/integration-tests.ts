/** Tests the stored settings of one integration against its instance, when a person asks for it: active or not, used by the help desk or not. */
import type { IntegrationTest } from '@snowline/protocol'
import { type Clock, isoSeconds } from '../clock.ts'
import type { Connections } from '../connections/connections.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import type { Executor } from '../db/tables.ts'
import { demandIntegration } from './integrations.ts'
import { checkConnection } from './sn-checks.ts'

export interface IntegrationTests {
  /**
   * Asks the instance anew, each time; nothing of the integration changes.
   *
   * @throws ProblemError `not_found`, `validation_failed` for another service or incomplete settings, `secret_unreadable`
   */
  test(integrationId: string, actor: Actor): Promise<IntegrationTest>
}

export interface IntegrationTestsOptions {
  read: Executor
  write: Executor
  clock: Clock
  connections: Connections
}

export function createIntegrationTests(options: IntegrationTestsOptions): IntegrationTests {
  const { read, write, clock, connections } = options
  return {
    async test(integrationId, actor) {
      const connection = connections.ofIntegration(await demandIntegration(read, integrationId))
      const { checks } = await checkConnection(connection)
      const after = { checks: checks.map(({ id, status }) => ({ id, status })) }
      const entry = { action: 'integration.test', target: `integration:${integrationId}`, after }
      await write.transaction().execute((tx) => appendAudit(tx, actor, clock.now(), entry))
      return { success: true, checks, checked_at: isoSeconds(clock.now()) }
    },
  }
}
