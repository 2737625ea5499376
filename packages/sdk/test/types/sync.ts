/** The types a user of sync, stores and mapper meets. */

import type { Client } from '@snowline/sdk'
import { type DoctorReport, incidentTable, isSnowlineError, tableSource } from '@snowline/sdk'
import { defineMapper } from '@snowline/sdk/mapper'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { createSyncEngine, type PullEvent } from '@snowline/sdk/sync'
import type { Holds, Same } from './assert.ts'

export async function run(sn: Client): Promise<number> {
  const engine = createSyncEngine({ source: tableSource(sn, 'incident'), store: memoryStore() })
  let added = 0
  for await (const event of engine.pull({ runId: 'r1' })) {
    const known: Holds<Same<typeof event, PullEvent>> = true
    void known
    if (event.type === 'complete') added = event.counts.added
    // @ts-expect-error only a complete run has an active version
    else event.activeVersion
  }
  return added
}

export function map(): void {
  const mapper = defineMapper<{ title: string }>()({
    table: incidentTable,
    rules: { title: { kind: 'text', from: 'title', to: 'short_description' } },
  })
  const { ticket } = mapper.toTicket({ short_description: 'x' })
  const partial: Holds<Same<typeof ticket, Partial<{ title: string }>>> = true
  void partial
  defineMapper<{ title: string }>()({
    table: incidentTable,
    // @ts-expect-error no such member of the ticket
    rules: { title: { kind: 'text', from: 'titel', to: 'short_description' } },
  })
}

export async function judge(sn: Client): Promise<readonly string[]> {
  const report: DoctorReport = await sn.doctor({ tables: ['incident'] })
  try {
    await sn.incidents.get('x')
  } catch (error) {
    if (isSnowlineError(error)) return [error.code, error.hint ?? '']
  }
  return report.checks.map((check) => check.mend ?? '')
}
