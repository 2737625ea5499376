/** The bytes of attachments in pieces: sent ones kept once each, made ones never kept, so that neither needs memory of its size. */
import type { Pieces } from './answer.ts'
import { createRandom, mixSeed } from './random.ts'

/** Length of a piece; `sys_attachment_doc` of a real instance cuts in the same way. */
export const PIECE_BYTES = 65_536

/** Bytes that are made whenever somebody reads them: the same for the same seed. */
export interface MadeFile {
  readonly seed: number
  readonly sizeBytes: number
}

/** The files of an instance, by the sys_id of their attachment. */
export interface FileStore {
  /** The bytes of an attachment; `undefined` when none came with it. */
  read(id: string): Pieces | undefined
  /** Keeps bytes as they come. Gives their number, or `undefined` when there are more than `most`: nothing is kept then. */
  keep(id: string, bytes: AsyncIterable<Uint8Array>, most: number): Promise<number | undefined>
  /** Gives an attachment bytes that are made when they are read. */
  make(id: string, file: MadeFile): void
  /** The bytes of all attachments as they are now; pieces are never changed, so that nothing is copied. */
  held(): ReadonlyMap<string, Pieces>
  /** Puts bytes back that were read or held before. */
  putBack(files: Iterable<readonly [id: string, pieces: Pieces]>): void
  /** Forgets the files of attachments that are gone. */
  sweep(alive: (id: string) => boolean): void
}

function madePieces({ seed, sizeBytes }: MadeFile): Pieces {
  return {
    size: sizeBytes,
    piece(at) {
      const from = at * PIECE_BYTES
      if (from >= sizeBytes) return undefined
      const bytes = new Uint8Array(Math.min(PIECE_BYTES, sizeBytes - from))
      const random = createRandom(mixSeed(seed, at))
      const words = new Uint32Array(bytes.buffer, 0, bytes.length >> 2)
      for (let word = 0; word < words.length; word++) words[word] = random.int(0x1_0000_0000)
      return bytes
    },
  }
}

function keptPieces(size: number, pieces: readonly Uint8Array<ArrayBuffer>[]): Pieces {
  return { size, piece: (at) => pieces[at] }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Cuts a stream of any parts into pieces of one length; only the last one is shorter. */
async function* cut(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  for await (const part of parts) {
    for (let from = 0; from < part.length; ) {
      const take = Math.min(part.length - from, PIECE_BYTES - filled)
      piece.set(part.subarray(from, from + take), filled)
      from += take
      filled += take
      if (filled < PIECE_BYTES) continue
      yield piece
      piece = new Uint8Array(PIECE_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield piece.slice(0, filled)
}

/** Creates an empty store. */
export function createFileStore(): FileStore {
  const files = new Map<string, Pieces>()
  // A large file of a test is one pattern over and over: equal pieces are one. The pool keeps none alive by itself.
  const pool = new Map<string, WeakRef<Uint8Array<ArrayBuffer>>>()
  const pooled = async (piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
    const digest = await digestOf(piece)
    const known = pool.get(digest)?.deref()
    if (known) return known
    pool.set(digest, new WeakRef(piece))
    return piece
  }
  return {
    read: (id) => files.get(id),
    async keep(id, bytes, most) {
      const pieces: Uint8Array<ArrayBuffer>[] = []
      let size = 0
      for await (const piece of cut(bytes)) {
        size += piece.length
        if (size > most) return undefined
        pieces.push(await pooled(piece))
      }
      files.set(id, keptPieces(size, pieces))
      return size
    },
    make(id, file) {
      files.set(id, madePieces(file))
    },
    held: () => new Map(files),
    putBack(given) {
      for (const [id, pieces] of given) files.set(id, pieces)
    },
    sweep(alive) {
      for (const id of files.keys()) if (!alive(id)) files.delete(id)
      for (const [digest, held] of pool) if (!held.deref()) pool.delete(digest)
    },
  }
}
