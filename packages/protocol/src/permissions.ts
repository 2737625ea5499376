/** Who may do what: the one table from role to permissions, read by the server's check and by the widget's buttons. */

export const permissions = [
  'integration.view',
  'integration.create',
  'integration.edit',
  'integration.delete',
  'integration.sync',
  'incident.view',
  'incident.push',
  'incident.pull',
  'dataset.view',
  'dataset.rollback',
  'knowledge.search',
  'ticket.view',
  'ticket.edit',
  'admin.users',
  'admin.tokens',
  'admin.audit',
] as const

export type Permission = (typeof permissions)[number]

export const roles = ['admin', 'agent', 'viewer'] as const

export type Role = (typeof roles)[number]

/** What each role may do. A viewer's ticket permissions reach only the tickets that person asked for. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  admin: permissions,
  agent: [
    'integration.view',
    'incident.view',
    'incident.push',
    'dataset.view',
    'knowledge.search',
    'ticket.view',
    'ticket.edit',
  ],
  viewer: ['ticket.view', 'ticket.edit'],
}

/** A role by name; one we do not know (`end_user`, `requester`) has the viewer's. Example: `toRole('staff')` is `'viewer'`. */
export function toRole(name: string): Role {
  return roles.find((role) => role === name) ?? 'viewer'
}

/** True when the word names a permission. */
export function isPermission(word: unknown): word is Permission {
  return permissions.some((permission) => permission === word)
}
