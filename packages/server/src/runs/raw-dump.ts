/** The debugging copy of a run: its raw records as one JSON array, streamed to a temporary file and put in place in one step. */
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { halfWritten, readHalfWritten } from '../half-written.ts'

export const RAW_DUMP_NAME = 'incidentspulledfromsnow.json'

const BEFORE = `.${RAW_DUMP_NAME}.`

/** The run a half-written copy belongs to, null for any other file. */
export function dumpRunOf(name: string): string | null {
  const target = readHalfWritten(name)?.target
  return target?.startsWith(BEFORE) === true ? target.slice(BEFORE.length) : null
}

export interface RawDump {
  /** Adds the records of one answer. */
  page(text: string): Promise<void>
  /** Puts the file in place; further calls do nothing. Returns how many records it holds. */
  finish(): Promise<number>
  /** Forgets what was written. */
  discard(): Promise<void>
}

/**
 * Opens the temporary file, readable by its owner alone. The file in place is always a whole array of some run.
 *
 * @throws the file system's error; a caller warns and goes on without
 */
export async function openRawDump(dataDir: string, runId: string): Promise<RawDump> {
  const target = join(dataDir, RAW_DUMP_NAME)
  const temporary = halfWritten(join(dataDir, `${BEFORE}${runId}`))
  const file = await open(temporary, 'wx', 0o600)
  let records = 0
  let closed = false
  await file.appendFile('[')
  return {
    async page(text) {
      if (closed) return
      const parts = recordsOf(text).map((record) => JSON.stringify(record))
      if (parts.length === 0) return
      await file.appendFile(`${records === 0 ? '\n' : ',\n'}${parts.join(',\n')}`)
      records += parts.length
    },
    async finish() {
      if (closed) return records
      closed = true
      await file.appendFile('\n]\n')
      await file.sync()
      await file.close()
      await rename(temporary, target)
      return records
    },
    async discard() {
      if (closed) return
      closed = true
      await file.close()
      await rm(temporary, { force: true })
    },
  }
}

function recordsOf(text: string): unknown[] {
  const body: unknown = JSON.parse(text)
  if (typeof body !== 'object' || body === null || !('result' in body)) return []
  return Array.isArray(body.result) ? body.result : []
}
