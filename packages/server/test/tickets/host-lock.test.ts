/** The application's own writer beside us: how long it has to wait for the lock, with everything we write into its file. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isBusy } from '../../src/tickets/host-file.ts'
import { migrateHostFile } from '../../src/tickets/host-migrate.ts'
import { HostApp, hasPython } from './host-app.ts'
import { openStore, statusPush } from './host-store.ts'

/** Writes every 3 ms for a while and tells how long each write took to get its lock, in milliseconds. */
const writer = `
import sqlite3, sys, time, json
db = sqlite3.connect(sys.argv[1], timeout=5, isolation_level=None)
waits = []
words = ['new', 'working', 'waiting']
end = time.perf_counter() + float(sys.argv[2])
n = 0
while time.perf_counter() < end:
    n += 1
    begun = time.perf_counter()
    db.execute('begin immediate')
    waits.append((time.perf_counter() - begun) * 1000)
    db.execute('update support_tickets set state = ? where ticket_id = 8', (words[n % 3],))
    db.execute('commit')
    time.sleep(0.003)
print(json.dumps(sorted(waits)))
`

const SECONDS = 1

/** Without WAL even a look may find the file locked; the next one does not. */
function passing(error: unknown): void {
  if (!isBusy(error)) throw error
}

function pythonWaits(file: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', writer, file, String(SECONDS)])
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out) as number[]) : reject(new Error(err))))
  })
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
const show = (sorted: readonly number[]) =>
  `${sorted.length} writes, median ${at(sorted, 0.5).toFixed(1)}, p99 ${at(sorted, 0.99).toFixed(1)}, longest ${at(sorted, 1).toFixed(1)} ms`

for (const journal of ['wal', 'delete'] as const) {
  test.skipIf(!hasPython)(
    `journal mode ${journal}: our locks are short, and no change of the application is lost or doubled`,
    async () => {
      const app = new HostApp({ journal })
      await migrateHostFile(app.config(), { dryRun: false, now: new Date() })
      app.write(`update support_tickets set sn_sys_id = printf('%032d', ticket_id)`)
      const { store, own, close } = await openStore(join(app.folder, 'own.db'), app.config())
      store.collector.use(
        async () =>
          ({ ticket }, queued) =>
            ticket.id === '8' ? { pushes: [statusPush('8', queued.opId, queued.status)] } : {},
      )
      const { writeNow } = store.file
      const held: number[] = []
      Object.assign(store.file, {
        writeNow: (work: Parameters<typeof writeNow>[0]) => {
          let begun = performance.now()
          const result = writeNow((db) => {
            begun = performance.now()
            return work(db)
          })
          held.push(performance.now() - begun)
          return result
        },
      })
      try {
        let running = true
        const done = pythonWaits(app.file).finally(() => {
          running = false
        })
        let changes = 0
        while (running) {
          changes += 1
          const status = changes % 2 === 0 ? 'open' : 'in_progress'
          await store.change('7', () => ({ fields: { status }, agreed: { state: status } }))
          await store.change('9', () => ({ link: { sn_sync_status: 'ok' } }))
          await store.collector.collect().catch(passing)
          // The driver never waits for anything: the writer's end has to be heard in between.
          await new Promise((resolve) => setImmediate(resolve))
        }
        const waits = await done
        held.sort((a, b) => a - b)
        process.stdout.write(`${journal}: application waits: ${show(waits)}; our locks: ${show(held)}\n`)
        // The figures are printed, not asserted: a busy machine must not fail a test about what is lost or doubled.
        expect(changes).toBeGreaterThan(5)
        // Each change of the application has become a push, none twice; the first one sets the word that is there.
        await store.collector.collect()
        const { pushes } = await own
          .selectFrom('app_host_operations')
          .select(({ fn }) => fn.countAll<number>().as('pushes'))
          .executeTakeFirstOrThrow()
        expect(pushes).toBeGreaterThanOrEqual(waits.length)
        expect((await store.outbox.ofTicket('8')).length).toBe(waits.length - 1)
      } finally {
        await close()
        app.close()
      }
    },
  )
}
