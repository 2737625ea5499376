/** Everything of a run that is kept raw, behind one door that never fails: what cannot be written is told once and given up. */
import type { Logger } from '@snowline/sdk'
import { removeHalfWritten } from '../half-written.ts'
import { openRawDump } from './raw-dump.ts'
import { openRawPages, pruneRawPages, type RawPlace, removeHalfPages } from './raw-pages.ts'

/** What both copies are to a run. */
export interface RawKeeper {
  /** One answer, as it came. Answers of requests side by side are written one after the other. */
  page(text: string): Promise<void>
  /** Puts the debugging copy in place: how many records it holds, null when it is not kept. Later answers are not in it. */
  records(): Promise<number | null>
  /** The run has ended, well or not: its answers are kept either way. Only the first call counts. */
  close(): Promise<void>
  /** There never was a run; says nothing after a close. */
  discard(): Promise<void>
}

/** Keeps nothing. */
export const noRaw: RawKeeper = {
  page: async () => undefined,
  records: async () => null,
  close: async () => undefined,
  discard: async () => undefined,
}

export interface RawKeeperOptions extends RawPlace {
  /** `RAW_DUMP`. */
  on: boolean
  logger: Logger
}

interface Writer {
  page(text: string): Promise<void>
  finish(): Promise<unknown>
  discard(): Promise<void>
}

/** One copy, and whether it still is one. */
class Copy<W extends Writer> {
  private writer: W | null = null
  private readonly failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void) {
    this.failed = failed
  }

  async open(make: () => Promise<W>): Promise<void> {
    try {
      this.writer = await make()
    } catch (error) {
      this.failed(error)
    }
  }

  /** Null when there is nothing to do it with, or it failed: then the copy is no more. */
  async with<T>(work: (writer: W) => Promise<T>): Promise<T | null> {
    const { writer } = this
    if (writer === null) return null
    try {
      return await work(writer)
    } catch (error) {
      this.writer = null
      this.failed(error)
      await writer.discard().catch(() => undefined)
      return null
    }
  }

  /** The last that is done with it. */
  async end<T>(work: (writer: W) => Promise<T>): Promise<T | null> {
    const result = await this.with(work)
    this.writer = null
    return result
  }
}

/** Removes the copies that processes of this host left half written when they were killed: of one integration, or of all. */
export async function removeHalfCopies(
  { dataDir }: Pick<RawPlace, 'dataDir'>,
  integration?: string,
): Promise<void> {
  await removeHalfWritten(dataDir)
  await removeHalfPages(dataDir, integration)
}

export async function openRawKeeper(options: RawKeeperOptions): Promise<RawKeeper> {
  const { on, dataDir, runId, logger } = options
  if (!on) return noRaw
  const failed = (copy: string) => (error: unknown) => {
    const reason = error instanceof Error ? error.message : 'unknown'
    logger.warn('sync.raw_not_kept', { run: runId, copy, reason })
  }
  const dump = new Copy<Awaited<ReturnType<typeof openRawDump>>>(failed('dump'))
  const pages = new Copy<Awaited<ReturnType<typeof openRawPages>>>(failed('pages'))
  await removeHalfCopies(options, options.integration).catch(failed('of a dead process'))
  await dump.open(() => openRawDump(dataDir, runId))
  await pages.open(() => openRawPages(options))
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine
    return mine
  }
  let answers = 0
  let ended = false
  const end = (kept: boolean) =>
    inTurn(async () => {
      if (ended) return
      ended = true
      await dump.end((writer) => writer.discard())
      const placed = await pages.end(async (writer) => {
        if (!kept || answers === 0) await writer.discard()
        else await writer.finish()
        return kept
      })
      if (placed === true) await pruneRawPages(options).catch(failed('pages'))
    })
  return {
    page: (text) =>
      inTurn(async () => {
        answers += 1
        await dump.with((writer) => writer.page(text))
        await pages.with((writer) => writer.page(text))
      }),
    records: () => inTurn(() => dump.end((writer) => writer.finish())),
    close: () => end(true),
    discard: () => end(false),
  }
}
