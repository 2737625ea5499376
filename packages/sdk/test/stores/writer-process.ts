/** One of two processes that write the same file: takes the lease, writes a record, seals, gives the lease back; tells what it met. */
import { sqliteStore } from '../../src/stores/sqlite.ts'
import { fresh, INTEGRATION, seen } from '../../src/testing/store-sample.ts'

const [file = '', name = '', turns = '0'] = process.argv.slice(2)
const told = { commits: 0, tokens: [] as number[], faults: [] as string[] }

async function turn(store: Awaited<ReturnType<typeof sqliteStore>>, number: number): Promise<void> {
  const lease = await store.acquireLease(INTEGRATION, name, 60_000, Date.now())
  if (!('token' in lease)) return
  told.tokens.push(lease.token)
  await store.transaction(async (tx) => {
    await tx.checkLease(lease)
    const state = (await tx.readState(INTEGRATION)) ?? fresh()
    const rows = Array.from({ length: 20 }, (_, n) => seen(n, state.open, `${name} ${number} ${n}`))
    const { state: written } = await tx.apply(state, name, rows)
    const facts = { createdAt: '2026-01-01T00:00:00Z', createdBy: name, runId: name, notes: null }
    await tx.seal(written, { ...facts, cause: 'sync', watermark: null })
  })
  told.commits += 1
  await store.releaseLease(lease)
}

try {
  const store = await sqliteStore({ file })
  for (let number = 0; number < Number(turns); number += 1) {
    await turn(store, number)
    // Someone who works without a pause would leave the other no gap.
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await store.close()
} catch (error) {
  told.faults.push(
    error instanceof Error ? `${error.name}: ${error.message} ${String(error.cause)}` : String(error),
  )
}
process.send?.(told, () => process.disconnect())
