/** `<sn-integrations>`: the connections of the server, their settings and their syncs. The class only; `define.ts` gives it its name. */
import { loadAdmin } from '../../load-admin.ts'
import { LateElement, type Loaded, type Place } from '../late-element.ts'

/**
 * Lists the integrations with their last sync and their schedule; creates, edits, enables, tests, deletes; syncs with progress,
 * which survives a reload, and shows the history. What a person may not do is not offered.
 *
 * Attributes: those of every element. Slots: `heading`, `signed-out`. Parts: `header`, `details`. Methods: `refresh()`.
 * Events: see `SnIntegrationsEvents`, and `sn-error` and `sn-auth-required` as everywhere.
 * Example: `<sn-integrations api-base="/api"></sn-integrations>`.
 */
export class SnIntegrations extends LateElement {
  protected override async load(place: Place): Promise<Loaded> {
    return (await loadAdmin()).openIntegrations(place)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sn-integrations': SnIntegrations
  }
}
