/** Runs statements of long work one by one: on the writer's handle with a breath after each, or on a thread of its own. */
import { breath } from './breath.ts'
import type { PreparedStatement, PreparingHandle } from './sqlite-database.ts'
import type { SqliteThread } from './sqlite-thread.ts'

export interface StatementRunner {
  /** Rows of a query. */
  all(text: string, parameters: unknown): Promise<unknown[]>
  /** Runs a write once for each set of parameters; answers how many rows it changed in all. */
  run(text: string, ...sets: readonly unknown[]): Promise<number>
}

/** On this thread: between two statements whoever waits goes first, so each must be short. */
export function runnerOn(handle: PreparingHandle): StatementRunner {
  const statements = new Map<string, PreparedStatement>()
  const prepared = (text: string) => {
    const statement = statements.get(text) ?? handle.prepare(text)
    statements.set(text, statement)
    return statement
  }
  return {
    async all(text, parameters) {
      const rows = prepared(text).all(parameters)
      await breath()
      return rows
    },
    async run(text, ...sets) {
      let changes = 0
      for (const set of sets) changes += prepared(text).run(set).changes
      await breath()
      return changes
    },
  }
}

/** On a thread of its own. */
export function runnerOf(thread: SqliteThread): StatementRunner {
  return {
    async all(text, parameters) {
      const outcome = await thread.execute(text, [[parameters]])
      return outcome.reader ? outcome.rows : []
    },
    async run(text, ...sets) {
      const outcome = await thread.execute(
        text,
        sets.map((set) => [set]),
      )
      return outcome.reader ? 0 : outcome.changes
    },
  }
}
