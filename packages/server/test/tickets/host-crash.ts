/** A process that dies by SIGKILL right after its write to the application's file, before that of our own database. */
import type { HostFile } from '../../src/tickets/host-file.ts'
import type { HostTicketsConfig } from '../../src/tickets/host-map.ts'
import { openStore, statusPush } from './host-store.ts'

const [ownFile = '', config = '', what = ''] = process.argv.slice(2)
const { store } = await openStore(ownFile, JSON.parse(config) as HostTicketsConfig)
const { writeNow } = store.file
const dying: Pick<HostFile, 'writeNow'> = {
  writeNow(work) {
    writeNow(work)
    process.kill(process.pid, 'SIGKILL')
    throw new Error('unreachable')
  },
}
Object.assign(store.file, dying)
const actor = { id: 'ann', requestId: null }
const audit = { actor, entry: { action: `test.${what}`, target: 'ticket:7' } }
if (what === 'status') {
  const pushes = [statusPush('7', 'op-status', '2')]
  await store.change('7', () => ({ fields: { status: 'in_progress' }, pushes, audit }))
}
if (what === 'link') {
  await store.change('7', () => ({
    link: { sn_sys_id: 'b'.repeat(32), sn_number: 'INC2' },
    agreed: { state: '1' },
    audit,
  }))
}
if (what === 'settle') {
  const push = statusPush('7', 'op-settle', '6')
  await store.outbox.transaction((tx) => tx.insert(push))
  await store.outbox.transaction(async (tx) => {
    const entry = await tx.read('op-settle')
    if (entry !== null) await tx.save({ ...entry, state: 'done' })
    await store.settle(tx, '7', () => ({ link: { sn_sync_status: 'ok' }, agreed: { state: '6' }, audit }))
  })
}
