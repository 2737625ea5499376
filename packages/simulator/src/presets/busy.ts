/** The preset `busy`: a Monday morning, with queues, limits, slow answers and people at work. */
import { people } from './healthy.ts'
import type { Preset } from './preset.ts'

export const busy: Preset = {
  sentence:
    'A Monday morning: a change every two seconds, answers after 120 ms, four requests at a time with ten waiting, 3,000 an hour for each user.',
  scenario: {
    incidents: 400,
    users: people,
    clock: { follow: true },
    latencyMs: 120,
    semaphore: { concurrent: 4, queue: 10 },
    rateRules: [{ limit: 3000 }],
    work: { everySeconds: 2 },
  },
}
