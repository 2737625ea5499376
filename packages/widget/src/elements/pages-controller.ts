/** A list in a dialog that comes page by page: the runs of an integration, the incidents of a version, the changes between two. */
import type { ReactiveControllerHost } from 'lit'
import type { Page } from '../api/page.ts'
import { type Failure, toFailure } from '../state/failure.ts'
import { emit } from './emit.ts'

type Host = ReactiveControllerHost & EventTarget

export type ReadPage<P> = (cursor: string | null, signal: AbortSignal) => Promise<P>

export class PagesController<T, P extends Page<T>> {
  /** Null until the first page. */
  items: readonly T[] | null = null
  /** The newest page, for what it carries besides its items. */
  page: P | null = null
  loading = false
  failure: Failure | null = null

  private readonly host: Host
  private read: ReadPage<P> | null = null
  private call: AbortController | null = null

  constructor(host: Host) {
    this.host = host
  }

  get hasMore(): boolean {
    return this.page?.nextCursor != null
  }

  async open(read: ReadPage<P>): Promise<void> {
    this.close()
    this.read = read
    await this.load()
  }

  /** The next page; after a failure the same one again. */
  async load(): Promise<void> {
    const { read } = this
    if (read === null || this.loading) return
    const call = new AbortController()
    this.call = call
    this.loading = true
    this.failure = null
    this.host.requestUpdate()
    try {
      const page = await read(this.page?.nextCursor ?? null, call.signal)
      if (call.signal.aborted) return
      this.items = [...(this.items ?? []), ...page.items]
      this.page = page
    } catch (error) {
      if (call.signal.aborted) return
      this.failure = toFailure(error)
      emit(this.host, 'sn-error', this.failure)
    }
    this.loading = false
    this.host.requestUpdate()
  }

  close(): void {
    this.call?.abort()
    this.read = null
    this.items = null
    this.page = null
    this.loading = false
    this.failure = null
  }
}
