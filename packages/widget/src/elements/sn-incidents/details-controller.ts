/** Which incident the dialog shows: opens, steps to the neighbours, loads the full view, closes and gives the focus back. */
import type { IncidentDetailView, IncidentView } from '@snowline/protocol'
import type { ReactiveControllerHost } from 'lit'
import type { ApiClient } from '../../api/api-client.ts'
import { type Failure, toFailure } from '../../state/failure.ts'
import type { Tab } from './details.ts'
import { emit } from './events.ts'

type Host = ReactiveControllerHost & EventTarget

export class DetailsController {
  incident: IncidentView | null = null
  full: IncidentDetailView | null = null
  failure: Failure | null = null
  tab: Tab = 'details'

  private readonly host: Host
  private readonly client: () => ApiClient
  private call: AbortController | null = null

  constructor(host: Host, client: () => ApiClient) {
    this.host = host
    this.client = client
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

  close(): void {
    const incident = this.incident
    if (incident === null) return
    this.call?.abort()
    this.incident = null
    this.full = null
    this.failure = null
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
}
