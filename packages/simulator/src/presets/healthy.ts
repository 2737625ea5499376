/** The preset `healthy`: an instance as delivered, on a good day. */
import type { Preset } from './preset.ts'

/** The people whom every preset lets in. */
export const people = [
  { user: 'admin', password: 'admin', name: 'System Administrator', roles: ['admin', 'itil'] },
  { user: 'agent', password: 'agent', name: 'Alex Agent', roles: ['itil'] },
] as const

export const healthy: Preset = {
  sentence:
    'An instance as delivered, on a good day: 400 incidents, an administrator, an agent, and nothing in the way.',
  scenario: { incidents: 400, users: people },
}
