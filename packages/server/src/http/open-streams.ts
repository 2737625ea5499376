/** The event streams that are open now: counted a user, and ended together when the server stops. */
import { ProblemError } from '../problem/problem-error.ts'

/** More than a few tabs of one person: above this a client is looping. */
const MAX_STREAMS_A_USER = 5

export interface OpenStreams {
  /**
   * Registers a stream.
   *
   * @param end called when the server stops
   * @returns a function that takes it off the list
   * @throws ProblemError `rate_limited` above five streams of one user
   */
  open(userId: string, end: () => void): () => void
  /** Fails when the user may open no other stream; asked before a sync is started for a stream. */
  demandRoom(userId: string): void
  endAll(): void
  readonly size: number
}

export function createOpenStreams(): OpenStreams {
  const streams = new Map<() => void, string>()
  const demandRoom = (userId: string): void => {
    let count = 0
    for (const owner of streams.values()) if (owner === userId) count += 1
    if (count >= MAX_STREAMS_A_USER) {
      throw new ProblemError('rate_limited', 'Five event streams of this account are open already.', {
        hint: 'Close one of them, or read GET /api/runs/{runId} instead.',
        retryAfterSeconds: 15,
      })
    }
  }
  return {
    demandRoom,
    open(userId, end) {
      demandRoom(userId)
      streams.set(end, userId)
      return () => streams.delete(end)
    },
    endAll() {
      for (const end of [...streams.keys()]) end()
    },
    get size() {
      return streams.size
    },
  }
}
