/** Both stores keep the published contract. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@snowline/sdk/stores/memory'
import { sqliteStore } from '@snowline/sdk/stores/sqlite'
import { storeContract } from '@snowline/sdk/testing'
import { describe, test } from 'vitest'

describe('memory', () => {
  test.each(storeContract.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    await each.run(memoryStore())
  })
})

describe('sqlite', () => {
  test.each(storeContract.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const folder = mkdtempSync(join(tmpdir(), 'snowline-store-'))
    const store = await sqliteStore({ file: join(folder, 'store.db') })
    try {
      await each.run(store)
    } finally {
      await store.close()
      rmSync(folder, { recursive: true })
    }
  })
})
