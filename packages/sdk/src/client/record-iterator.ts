/** Record after record out of pages: one promise a record, where a generator would make six, and no page is held while the next one comes. */
import type { ListPage } from './list-plan.ts'

/** In order whoever asks, also when several `next()` are under way at once. Leaving the loop ends the pages. */
export class RecordIterator<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #pages: AsyncGenerator<ListPage<T>, void, undefined>
  #records: T[] = []
  #index = 0
  /** The last call that waits for a page; null while none does. */
  #waiting: Promise<unknown> | null = null

  constructor(pages: AsyncGenerator<ListPage<T>, void, undefined>) {
    this.#pages = pages
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#waiting === null && this.#index < this.#records.length
      ? Promise.resolve(this.#take())
      : this.#inTurn(() => this.#read())
  }

  return(): Promise<IteratorResult<T, undefined>> {
    return this.#inTurn(async () => {
      this.#drop()
      await this.#pages.return()
      return { done: true, value: undefined }
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Emptied, not only let go: suspended generators hold the page they gave last until they go on. */
  #drop(): void {
    this.#records.length = 0
    this.#index = 0
  }

  #take(): IteratorResult<T, undefined> {
    return { done: false, value: this.#records[this.#index++] as T }
  }

  async #read(): Promise<IteratorResult<T, undefined>> {
    while (this.#index >= this.#records.length) {
      this.#drop()
      const page = await this.#pages.next()
      if (page.done) return { done: true, value: undefined }
      this.#records = page.value.records
    }
    return this.#take()
  }

  /** A call that waits lets the later ones wait behind it, whatever becomes of it. */
  #inTurn(work: () => Promise<IteratorResult<T, undefined>>): Promise<IteratorResult<T, undefined>> {
    const mine = this.#waiting === null ? work() : this.#waiting.then(work, work)
    this.#waiting = mine
    const leave = (): void => {
      if (this.#waiting === mine) this.#waiting = null
    }
    mine.then(leave, leave)
    return mine
  }
}
