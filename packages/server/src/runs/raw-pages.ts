/** The answers of a run as they came: gzip NDJSON, one answer a line, one file a run, for the eyes of this account only. */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { halfWritten, removeHalfWritten, UNFINISHED } from '../half-written.ts'

/** Files of so many runs are kept for each integration: enough to look at what went wrong lately. */
export const KEPT_RUNS = 5

const ENDING = '.ndjson.gz'

export interface RawPages {
  /** Adds one answer; resolves when it is compressed, so that at most one waits in memory. */
  page(text: string): Promise<void>
  /** Ends the file and puts it in place. */
  finish(): Promise<void>
  /** Forgets what was written. */
  discard(): Promise<void>
}

/** Which file: an integration's id, or `env` for the environment's connection, and the run. */
export interface RawPlace {
  dataDir: string
  integration: string
  runId: string
}

/**
 * Opens the file of a run. Until it is finished it lies under another name, so that a killed process leaves no half file that looks whole.
 *
 * @throws the file system's error; a caller warns and goes on without
 */
export async function openRawPages(place: RawPlace): Promise<RawPages> {
  const target = pathOf(place)
  const temporary = halfWritten(target)
  await mkdir(folderOf(place), { recursive: true, mode: 0o700 })
  const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600 })
  await once(file, 'open')
  // The fastest level: records are repetitive, and a run should not wait for its copy.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED })
  const written = pipeline(gzip, file)
  // Heard by whoever waits for `written`; an error event that nobody hears would end the process.
  for (const stream of [gzip, file]) stream.on('error', () => undefined)
  written.catch(() => undefined)
  return {
    async page(text) {
      // A line break in JSON can only stand between its parts: a space says the same there.
      const room = gzip.write(`${text.replaceAll('\n', ' ')}\n`)
      if (!room) await Promise.race([once(gzip, 'drain'), written])
    },
    async finish() {
      gzip.end()
      await written
      await rename(temporary, target)
    },
    async discard() {
      gzip.destroy()
      await written.catch(() => undefined)
      await rm(temporary, { force: true })
    },
  }
}

/** A kept file as a stream, or null when this machine has none. */
export async function readRawPages(
  place: RawPlace,
): Promise<{ bytes: number; body: ReadableStream<Uint8Array> } | null> {
  const path = pathOf(place)
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return null
  const { size } = await file.stat()
  // The stream keeps its own hold of the file: that it is removed meanwhile does not cut it.
  const body = Readable.toWeb(createReadStream(path, { fd: file })) as ReadableStream<Uint8Array>
  return { bytes: size, body }
}

/** So much later than its last byte an unfinished file belongs to a dead process, whichever host it ran on. */
const STALE_MS = 24 * 60 * 60 * 1000

/** Removes all but the newest files of an integration, and what dead processes left unfinished. Time is that of the newest file. */
export async function pruneRawPages({
  dataDir,
  integration,
}: Pick<RawPlace, 'dataDir' | 'integration'>): Promise<void> {
  const folder = folderOf({ dataDir, integration })
  const files: { name: string; at: number }[] = []
  for (const name of await namesIn(folder)) files.push({ name, at: (await stat(join(folder, name))).mtimeMs })
  files.sort((a, b) => b.at - a.at)
  const finished = files.filter(({ name }) => name.endsWith(ENDING)).slice(KEPT_RUNS)
  const newest = files[0]?.at ?? 0
  const stale = files.filter(({ name, at }) => name.endsWith(UNFINISHED) && newest - at > STALE_MS)
  for (const { name } of [...finished, ...stale]) await rm(join(folder, name), { force: true })
}

/** Removes what dead processes of this host left half written: of one integration, or of all. */
export async function removeHalfPages(dataDir: string, integration?: string): Promise<void> {
  const root = join(dataDir, 'raw')
  const folders =
    integration === undefined
      ? (await namesIn(root)).map((name) => join(root, name))
      : [folderOf({ dataDir, integration })]
  for (const folder of folders) await removeHalfWritten(folder)
}

/** Removes the file of a run whose row is gone too. */
export async function removeRawPages(place: RawPlace): Promise<void> {
  await rm(pathOf(place), { force: true })
}

/** Paths of all raw answers on this machine, half-written ones too. */
export async function listRawPages(dataDir: string): Promise<string[]> {
  const root = join(dataDir, 'raw')
  const files: string[] = []
  for (const integration of await namesIn(root)) {
    const folder = join(root, integration)
    files.push(...(await namesIn(folder)).map((name) => join(folder, name)))
  }
  return files
}

function folderOf({ dataDir, integration }: Pick<RawPlace, 'dataDir' | 'integration'>): string {
  return join(dataDir, 'raw', encodeURIComponent(integration))
}

function pathOf(place: RawPlace): string {
  return join(folderOf(place), `${encodeURIComponent(place.runId)}${ENDING}`)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
