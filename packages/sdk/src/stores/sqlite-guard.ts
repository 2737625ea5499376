/** Whatever the SQLite driver throws leaves as a StoreError that names the operation; our own errors pass as they are. */
import { isSnowlineError, StoreError } from '../base/errors.ts'

export async function guard<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isSnowlineError(error) || !isDriverError(error)) throw error
    const { code, hint } = meaningOf(error)
    throw new StoreError(`SQLite: ${operation} failed (${error.code})`, {
      code,
      retryable: error.code.startsWith('SQLITE_BUSY'),
      hint,
      details: { driver: 'sqlite', operation, sqlite: error.code },
      cause: error,
    })
  }
}

/** Does this say that the file itself is damaged? */
export function isDamage(error: unknown): boolean {
  return isDriverError(error) && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

function meaningOf(error: Error & { code: string }): { code: string; hint: string } {
  if (isDamage(error)) {
    return {
      code: 'store.corrupt',
      hint: 'The file is damaged: stop, restore a backup; what the instance holds comes back with the next sync.',
    }
  }
  if (error.code === 'SQLITE_FULL') {
    return { code: 'store.full', hint: 'Free disk space; nothing was lost, the next run goes on.' }
  }
  return { code: 'store.failed', hint: 'See the cause; nothing was written.' }
}

function isDriverError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_')
}
