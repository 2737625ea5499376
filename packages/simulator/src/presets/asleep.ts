/** The preset `asleep`: a developer instance that nobody has used for a while. */
import { people } from './healthy.ts'
import type { Preset } from './preset.ts'

export const asleep: Preset = {
  sentence:
    'A developer instance that hibernates: every request gets its HTML page at 200, until the fault is switched off.',
  scenario: { incidents: 400, users: people, faults: [{ kind: 'hibernating' }] },
}
