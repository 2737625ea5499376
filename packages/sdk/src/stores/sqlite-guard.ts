/** Whatever the SQLite driver throws leaves as a StoreError that names the operation; our own errors pass as they are. */
import { isSnowlineError, StoreError } from '../base/errors.ts'

export async function guard<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isSnowlineError(error) || !isDriverError(error)) throw error
    const full = error.code === 'SQLITE_FULL'
    throw new StoreError(`SQLite: ${operation} failed (${error.code})`, {
      code: full ? 'store.full' : 'store.failed',
      retryable: error.code.startsWith('SQLITE_BUSY'),
      hint: full
        ? 'Free disk space; nothing was lost, the next run goes on.'
        : 'See the cause; nothing was written.',
      details: { driver: 'sqlite', operation, sqlite: error.code },
      cause: error,
    })
  }
}

function isDriverError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
}
