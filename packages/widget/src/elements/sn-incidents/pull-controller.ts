/** Bringing the mirror up to date, and making tickets of its incidents: first only shown, then done. */
import type { PullAnswer } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { ApiClient } from '../../api/api-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { emit } from '../emit.ts'

/** `pull` needs no dialog; `look` is the dry run in it, `import` the real one. */
export type PullStep = 'pull' | 'look' | 'import'

type Host = ReactiveControllerHost & EventTarget

export class PullController {
  /** True with the permission to do it; false while that is not known. */
  allowed = false
  busy: PullStep | null = null
  /** The last step that has ended, and what came of it. */
  step: PullStep | null = null
  answer: PullAnswer | null = null
  failure: Failure | null = null
  open = false

  private readonly host: Host
  private readonly client: () => ApiClient

  constructor(host: Host, client: () => ApiClient) {
    this.host = host
    this.client = client
  }

  async learn(): Promise<void> {
    const permissions = await this.client()
      .permissions()
      .catch(() => null)
    this.allowed = permissions?.includes('incident.pull') === true
    this.host.requestUpdate()
  }

  /** False when it did not work, or when another step is under way. */
  async run(step: PullStep): Promise<boolean> {
    if (this.busy !== null) return false
    this.busy = step
    this.failure = null
    if (step !== 'import') this.answer = null
    this.open = step !== 'pull'
    this.host.requestUpdate()
    const body = step === 'pull' ? {} : { import: true, dryRun: step === 'look' }
    try {
      this.answer = await this.client().pull(body)
    } catch (error) {
      this.failure = toFailure(error)
      emit(this.host, 'sn-error', this.failure)
    }
    this.busy = null
    this.step = step
    this.host.requestUpdate()
    return this.failure === null
  }

  close(): void {
    this.open = false
    this.host.requestUpdate()
  }
}
