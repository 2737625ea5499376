/** Lines as the body of an answer: the beginning is read before there is one, the rest as fast as the reader takes it. */

/** Chunks of this size keep the number of writes small without holding much. */
const CHUNK_CHARACTERS = 64 * 1024

interface Chunk {
  text: string
  last: boolean
}

/**
 * What cannot even begin is thrown here, while it can still be answered in words; a later fault breaks the stream off, so that no reader
 * takes a part for the whole.
 *
 * @throws whatever the lines throw within the first 64 Ki characters
 */
export async function lineStream(lines: AsyncIterable<string>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  const iterator = lines[Symbol.asyncIterator]()
  let ahead: Chunk | null = await nextChunk(iterator)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { text, last } = ahead ?? (await nextChunk(iterator))
      ahead = null
      if (text !== '') controller.enqueue(encoder.encode(text))
      if (last) controller.close()
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

async function nextChunk(iterator: AsyncIterator<string>): Promise<Chunk> {
  let text = ''
  while (text.length < CHUNK_CHARACTERS) {
    const next = await iterator.next()
    if (next.done === true) return { text, last: true }
    text += next.value
  }
  return { text, last: false }
}
