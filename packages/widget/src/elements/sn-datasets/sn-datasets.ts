/** `<sn-datasets>`: the sealed versions of what was synced. The class only; `define.ts` gives it its name. */
import type { PropertyDeclarations } from 'lit'
import { loadAdmin } from '../../load-admin.ts'
import { LateElement, type Loaded, type Place } from '../late-element.ts'

/**
 * Lists the versions of one integration, newest first; shows the incidents of one, what differs between two, exports, and rolls
 * back with a reason.
 *
 * Attributes besides those of every element: `integration`, the id of one, or `env` for the connection of the server's
 * environment; without it people choose. Slots: `heading`, `empty`, `signed-out`. Parts: `header`, `table`, `details`.
 * Methods: `refresh()`. Events: `sn-error` and `sn-auth-required` as everywhere.
 * Example: `<sn-datasets integration="env" api-base="/api"></sn-datasets>`.
 */
export class SnDatasets extends LateElement {
  static override properties: PropertyDeclarations = { integration: {} }

  declare integration: string

  constructor() {
    super()
    this.integration = ''
  }

  protected override subjects(): readonly string[] {
    return [...super.subjects(), 'integration']
  }

  protected override async load(place: Place): Promise<Loaded> {
    return (await loadAdmin()).openDatasets({ ...place, integration: () => this.integration })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sn-datasets': SnDatasets
  }
}
