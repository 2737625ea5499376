/** The copies of a run: in turn, whole, and never in the way. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRawKeeper, type RawKeeper } from '../../src/runs/raw-keeper.ts'
import { type LogLine, recordingLogger } from '../kit.ts'

let dataDir: string
let log: LogLine[]

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'snowline-raw-'))
  log = []
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

function open(runId = 'run-1'): Promise<RawKeeper> {
  return openRawKeeper({ on: true, dataDir, integration: 'one', runId, logger: recordingLogger(log) })
}

const page = (from: number, rows: number) =>
  JSON.stringify({ result: Array.from({ length: rows }, (_, i) => ({ sys_id: String(from + i) })) })

test('answers of requests side by side are kept one after the other', async () => {
  const raw = await open()
  await Promise.all(Array.from({ length: 40 }, (_, i) => raw.page(page(i * 50, 50))))
  expect(await raw.records()).toBe(2_000)
  await raw.close()
  const dump = JSON.parse(readFileSync(join(dataDir, 'incidentspulledfromsnow.json'), 'utf8')) as unknown[]
  const lines = gunzipSync(readFileSync(join(dataDir, 'raw/one/run-1.ndjson.gz')))
    .toString()
    .trimEnd()
    .split('\n')
  expect(dump).toEqual(Array.from({ length: 2_000 }, (_, i) => ({ sys_id: String(i) })))
  expect(lines).toEqual(Array.from({ length: 40 }, (_, i) => page(i * 50, 50)))
})

test('an answer with line breaks stays one line that says the same', async () => {
  const pretty = JSON.stringify({ result: [{ sys_id: '1', description: 'a\nb\u2028c' }] }, null, 2)
  const raw = await open()
  await raw.page(pretty)
  await raw.close()
  const text = gunzipSync(readFileSync(join(dataDir, 'raw/one/run-1.ndjson.gz'))).toString()
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  expect(JSON.parse(text)).toEqual(JSON.parse(pretty))
})

test('what cannot be put in place is told once; the run hears nothing of it', async () => {
  const raw = await open()
  await raw.page(page(0, 1))
  rmSync(dataDir, { recursive: true })
  await raw.page(page(1, 1))
  expect(await raw.records()).toBeNull()
  await raw.close()
  await raw.close()
  await raw.discard()
  expect(log.map(({ event, fields }) => `${event} ${fields.copy}`)).toEqual([
    'sync.raw_not_kept dump',
    'sync.raw_not_kept pages',
  ])
})

test('an answer that is no list spoils the debugging copy, not the raw one', async () => {
  const raw = await open()
  await raw.page('{"result":')
  await raw.page(page(0, 1))
  expect(await raw.records()).toBeNull()
  await raw.close()
  expect(gunzipSync(readFileSync(join(dataDir, 'raw/one/run-1.ndjson.gz'))).toString()).toBe(
    `{"result":\n${page(0, 1)}\n`,
  )
})
