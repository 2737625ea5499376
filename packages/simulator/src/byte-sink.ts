/** Collects the bytes of one answer: a page of 1,000 incidents is 2.3 MB, and building it as text first costs twice the time. */

const FIRST_SIZE = 64 * 1024
/** Buffers wait here for the next page: a new one for each would make the collector walk all incidents again and again. */
const idle: Uint8Array<ArrayBuffer>[] = []
const MOST_IDLE = 8
const LARGEST_IDLE = 16 * 1024 * 1024
/** Above this many characters the engine's own encoder is quicker than a loop. */
const LONG = 200

/** Anything but what JSON may hold as it is: control characters, quotes, backslashes and halves of surrogate pairs. */
const NEEDS_ESCAPE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

/** A text as the inside of a JSON string. */
function escaped(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text).slice(1, -1) : text
}

/** A text as a JSON string. */
export function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const NOTHING = new Uint8Array(0)

/** Bytes in a buffer that is used again after `release`. */
export interface Lent {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** To be called once, when nobody reads the bytes any more; without it they are the collector's. */
  release(): void
}

function giveBack(buffer: Uint8Array<ArrayBuffer>): void {
  if (idle.length < MOST_IDLE && buffer.length <= LARGEST_IDLE) idle.push(buffer)
}

/** Growing bytes. */
export class ByteSink {
  private bytes = idle.pop() ?? new Uint8Array(FIRST_SIZE)
  private at = 0

  private room(more: number): void {
    const wanted = this.at + more
    if (wanted <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(wanted, this.bytes.length * 2))
    larger.set(this.bytes.subarray(0, this.at))
    giveBack(this.bytes)
    this.bytes = larger
  }

  /** Adds bytes as they are. */
  raw(chunk: Uint8Array): void {
    const { length } = chunk
    this.room(length)
    if (length > 32) this.bytes.set(chunk, this.at)
    else for (let place = 0; place < length; place++) this.bytes[this.at + place] = chunk[place] as number
    this.at += length
  }

  /** Adds a text as UTF-8. */
  text(text: string): void {
    // A character of UTF-16 takes three bytes at most.
    this.room(text.length * 3)
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written
  }

  /** Adds the inside of a JSON string. */
  json(text: string): void {
    const { length } = text
    if (length > LONG) {
      this.text(escaped(text))
      return
    }
    this.room(length)
    const { bytes, at } = this
    for (let place = 0; place < length; place++) {
      const code = text.charCodeAt(place)
      if (code < 32 || code > 126 || code === 34 || code === 92) {
        this.text(escaped(text))
        return
      }
      bytes[at + place] = code
    }
    this.at = at + length
  }

  /** All bytes so far as text; the sink begins anew. */
  takeText(): string {
    const text = decoder.decode(this.bytes.subarray(0, this.at))
    this.at = 0
    return text
  }

  /** All bytes so far; the sink is of no use afterwards. */
  lend(): Lent {
    const { bytes, at } = this
    this.bytes = NOTHING
    return { bytes: bytes.subarray(0, at), release: () => giveBack(bytes) }
  }
}
