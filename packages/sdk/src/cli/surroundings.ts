/** What a command may touch: its variables, its output, the network and the clock, so that a test brings its own. */
import type { ClientOptions, Environment } from '../index.ts'

export interface Surroundings {
  env: Environment
  /** What `--version` prints. */
  version?: string
  /** One line to the standard output. */
  print(line: string): void
  /** One line to the standard error. */
  complain(line: string): void
  /** The command did not do what was asked; the status it ends with. */
  fail(status: number): void
  /** Besides what the variables say; a test gives `fetch` and `clock`. */
  client?: Partial<ClientOptions>
}
