/** Both outboxes keep the published contract. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryOutbox } from '@snowline/sdk/stores/memory'
import { openSqlite, sqliteOutbox } from '@snowline/sdk/stores/sqlite'
import { outboxContract } from '@snowline/sdk/testing'
import { describe, test } from 'vitest'

const cases = outboxContract.map((each) => [each.name, each] as const)

describe('memory', () => {
  test.each(cases)('%s', async (_name, each) => {
    await each.run(memoryOutbox())
  })
})

describe('sqlite', () => {
  test.each(cases)('%s', async (_name, each) => {
    const folder = mkdtempSync(join(tmpdir(), 'snowline-outbox-'))
    const database = openSqlite({ file: join(folder, 'outbox.db') })
    try {
      await each.run(await sqliteOutbox({ database }))
    } finally {
      await database.close()
      rmSync(folder, { recursive: true })
    }
  })
})
