/** Follows the runs of all integrations at once: those begun here, and those found under way when the page is opened. */
import type { IntegrationView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { IntegrationClient } from '../../api/integration-client.ts'
import { followRun, type RunStep, runInTheWay } from '../../api/sync-events.ts'
import { toFailure } from '../../state/failure.ts'
import { isUnderWay, noRun, reduceRun, type SyncRunAction, type SyncRunState } from '../../state/sync-run.ts'
import { emit } from '../emit.ts'

type Host = ReactiveControllerHost & EventTarget

/** More are not asked for a run under way: each is a request. */
const MOST_ATTACHED = 20

export class RunsController {
  private readonly host: Host
  private readonly onEnd: (integrationId: string, state: SyncRunState) => void
  private readonly runs = new Map<string, SyncRunState>()
  private readonly calls = new Map<string, AbortController>()
  private readonly starting = new Set<string>()
  /** Runs that were seen to end: a list that lags behind does not bring them back. */
  private readonly over = new Set<string>()

  /** @param onEnd told once for each run that has ended */
  constructor(host: Host, onEnd: (integrationId: string, state: SyncRunState) => void) {
    this.host = host
    this.onEnd = onEnd
  }

  of(integrationId: string): SyncRunState {
    return this.runs.get(integrationId) ?? noRun
  }

  isStarting(integrationId: string): boolean {
    return this.starting.has(integrationId)
  }

  /** Begins a run, or joins the one that is in its way. Throws `ApiError` when neither can be had. */
  async begin(client: IntegrationClient, integrationId: string, confirm = false): Promise<void> {
    if (this.starting.has(integrationId) || isUnderWay(this.of(integrationId))) return
    this.starting.add(integrationId)
    this.host.requestUpdate()
    try {
      const { runId, stream } = await client.sync(integrationId, confirm)
      void this.follow(client, integrationId, runId, stream)
    } catch (error) {
      const runId = runInTheWay(error)
      if (runId === null) throw error
      void this.follow(client, integrationId, runId)
    } finally {
      this.starting.delete(integrationId)
      this.host.requestUpdate()
    }
  }

  /** Joins what is under way: begun before a reload, by somebody else, or by the schedule. */
  async attach(
    client: IntegrationClient,
    integrations: readonly IntegrationView[],
    signal: AbortSignal,
  ): Promise<void> {
    const idle = integrations
      .filter(({ id, connector_type: type }) => type === 'servicenow' && !isUnderWay(this.of(id)))
      .slice(0, MOST_ATTACHED)
    const join = async ({ id }: IntegrationView): Promise<void> => {
      const page = await client.runs(id, 1, null, signal).catch(() => null)
      const run = page?.items[0]
      if (
        run === undefined ||
        this.over.has(run.id) ||
        signal.aborted ||
        this.starting.has(id) ||
        isUnderWay(this.of(id))
      )
        return
      if (run.state === 'running' || run.state === 'queued') void this.follow(client, id, run.id)
    }
    await Promise.all(idle.map(join))
  }

  /** Asks the run to stop; it ends with an event of its own. */
  async cancel(client: IntegrationClient, integrationId: string): Promise<void> {
    const { runId, cancelling } = this.of(integrationId)
    if (runId === null || cancelling) return
    this.reduce(integrationId, { type: 'cancelling', asked: true })
    try {
      await client.cancel(runId)
    } catch (error) {
      this.reduce(integrationId, { type: 'cancelling', asked: false })
      throw error
    }
  }

  /** Takes the summary of an ended run away. */
  dismiss(integrationId: string): void {
    if (isUnderWay(this.of(integrationId))) return
    this.runs.delete(integrationId)
    this.host.requestUpdate()
  }

  /** Watches no more; the runs themselves go on. */
  stop(): void {
    for (const call of this.calls.values()) call.abort()
    this.calls.clear()
    for (const [id, state] of this.runs) if (isUnderWay(state)) this.runs.delete(id)
  }

  private async follow(
    client: IntegrationClient,
    integrationId: string,
    runId: string,
    stream?: Response,
  ): Promise<void> {
    const call = new AbortController()
    this.calls.set(integrationId, call)
    this.runs.delete(integrationId)
    this.reduce(integrationId, { type: 'begun', runId })
    const { signal } = call
    const from = stream === undefined ? {} : { stream }
    try {
      for await (const step of followRun({ send: client.send, runId, signal, wait, ...from })) {
        if (signal.aborted) return
        this.take(integrationId, runId, step)
      }
    } catch (error) {
      if (signal.aborted) return
      const { kind, code, message, hint } = toFailure(error)
      if (kind === 'signed_out') emit(this.host, 'sn-auth-required', { message })
      this.reduce(integrationId, { type: 'failed', code, message: message ?? '', hint })
    }
    if (signal.aborted) return
    this.calls.delete(integrationId)
    this.over.add(runId)
    this.tellEnd(integrationId, runId)
  }

  private take(integrationId: string, runId: string, step: RunStep): void {
    if (step.type === 'event' && step.event.type === 'progress') {
      emit(this.host, 'sn-sync-progress', { integrationId, runId, progress: step.event.data })
    }
    this.reduce(integrationId, step)
  }

  private tellEnd(integrationId: string, runId: string): void {
    const state = this.of(integrationId)
    const { end } = state
    if (end === null) return
    const complete = end.kind === 'complete' ? end : null
    const cancelled = { code: 'run_cancelled', message: '', hint: null }
    const failed =
      end.kind === 'failed' ? { code: end.code, message: end.message, hint: end.hint } : cancelled
    emit(this.host, 'sn-sync-complete', {
      integrationId,
      runId,
      success: complete !== null,
      stats: complete?.stats ?? null,
      version: complete?.version ?? null,
      error: complete === null ? failed : null,
    })
    this.onEnd(integrationId, state)
  }

  private reduce(integrationId: string, action: SyncRunAction): void {
    this.runs.set(integrationId, reduceRun(this.of(integrationId), action))
    this.host.requestUpdate()
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
