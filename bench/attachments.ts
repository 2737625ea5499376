/**
 * The promise of attachments: a file of 200 MB goes up and comes down in the memory of one of 1 MB, and what the collector leaves for a
 * moment. Each transfer runs in a process of its own against an instance in another one; the largest peak of the rounds counts.
 *
 * `ROUNDS` are the turns (3), `MEGABYTES` the size of the large file (200).
 */
import { basicAuth, createClient } from '@snowline/sdk'
import { promise, runPart, startInstance } from './measure.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 3)
const MEGABYTES = Number(process.env.MEGABYTES ?? 200)
/** Above the peak of the small file: V8 collects bytes beside its heap only when some 64 MiB have piled up. */
const MORE_MIB = 90

interface Moved {
  bytes: number
  file: string
  ms: number
  peakMib: number
}

function move(direction: 'up' | 'down', url: string, megabytes: number, sysId: string): Moved {
  const moved = runPart<Moved>('./attachments-part.ts', [direction, url, String(megabytes), sysId])
  if (moved.bytes !== megabytes * 1_000_000) throw new Error(`${direction}: ${moved.bytes} bytes arrived`)
  return moved
}

const instance = await startInstance('./client-instance.ts', '1', '0')
try {
  const { url } = instance
  const auth = basicAuth({ username: 'admin', password: 'admin' })
  const sn = createClient({ instanceUrl: url, auth, allowedOrigins: [url] })
  const [incident] = (await sn.incidents.list({ fields: ['sys_id'] })).records
  const peaks = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const megabytes of [1, MEGABYTES]) {
      const up = move('up', url, megabytes, incident?.sys_id ?? '')
      const down = move('down', url, megabytes, up.file)
      await sn.attachments.delete(up.file)
      for (const [direction, moved] of Object.entries({ up, down })) {
        const key = `${direction} ${megabytes}`
        peaks.set(key, Math.max(peaks.get(key) ?? 0, moved.peakMib))
        console.log(`${key} MB: ${moved.ms.toFixed(0)} ms, peak ${moved.peakMib.toFixed(0)} MiB`)
      }
    }
  }
  for (const direction of ['up', 'down']) {
    const more = (peaks.get(`${direction} ${MEGABYTES}`) ?? 0) - (peaks.get(`${direction} 1`) ?? 0)
    promise(
      `${MEGABYTES} MB ${direction}, at most ${MORE_MIB} MiB above 1 MB`,
      `${more.toFixed(0)} MiB`,
      more <= MORE_MIB,
    )
  }
} finally {
  instance.stop()
}
