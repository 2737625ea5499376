/** Which incident the dialog shows: opens, shows a neighbour, loads the full view, copies, closes. */
import type { IncidentDetailView, IncidentView } from '@snowline/protocol'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { ApiClient } from '../../api/api-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import { emit } from '../emit.ts'
import type { Copyable, Tab } from './details.ts'

/** How long the button of a copied text shows its check mark. */
const COPIED_MS = 1800

type Host = ReactiveControllerHost & EventTarget

export class DetailsController implements ReactiveController {
  incident: IncidentView | null = null
  full: IncidentDetailView | null = null
  failure: Failure | null = null
  tab: Tab = 'details'
  copied: Copyable | null = null

  private readonly host: Host
  private readonly client: () => ApiClient
  private call: AbortController | null = null
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(host: Host, client: () => ApiClient) {
    this.host = host
    this.client = client
    host.addController(this)
  }

  hostDisconnected(): void {
    this.close()
  }

  /** Asks the host page first; true when our dialog is to be shown. */
  open(incident: IncidentView): boolean {
    if (!emit(this.host, 'sn-incident-open', { incident })) return false
    this.show(incident)
    return true
  }

  /** Shows an incident without asking: the neighbour of one that is open. */
  show(incident: IncidentView): void {
    this.incident = incident
    void this.load()
  }

  showTab(tab: Tab): void {
    this.tab = tab
    this.host.requestUpdate()
  }

  /** False when the browser did not allow it. */
  async copy(what: Copyable, text: string): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      return false
    }
    this.mark(what)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.mark(null), COPIED_MS)
    return true
  }

  close(): void {
    const incident = this.incident
    if (incident === null) return
    this.call?.abort()
    clearTimeout(this.timer)
    this.incident = null
    this.full = null
    this.failure = null
    this.copied = null
    this.tab = 'details'
    this.host.requestUpdate()
    emit(this.host, 'sn-incident-close', { incident })
  }

  async load(): Promise<void> {
    const incident = this.incident
    if (incident === null) return
    this.call?.abort()
    const call = new AbortController()
    this.call = call
    this.full = null
    this.failure = null
    this.host.requestUpdate()
    try {
      const full = await this.client().incident(incident.sys_id, call.signal)
      if (call.signal.aborted) return
      this.full = full
    } catch (error) {
      if (call.signal.aborted) return
      this.failure = toFailure(error)
      emit(this.host, 'sn-error', this.failure)
    }
    this.host.requestUpdate()
  }

  private mark(what: Copyable | null): void {
    this.copied = what
    this.host.requestUpdate()
  }
}
