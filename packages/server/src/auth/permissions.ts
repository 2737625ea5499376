/** The one check of who may do what. The table from role to permissions is the protocol's; everything asks here. */
import type { Permission } from '@snowline/protocol'
import { ProblemError } from '../problem/problem-error.ts'
import type { Principal } from './principal.ts'

/** What a route demands: a permission, any signed-in caller, or nothing. The type refuses a route that names none. */
export type Requirement = Permission | 'signed-in' | 'anonymous'

/** True when this principal (null: nobody) meets the requirement. */
export function may(principal: Principal | null, requirement: Requirement): boolean {
  if (requirement === 'anonymous') return true
  if (principal === null) return false
  return requirement === 'signed-in' || principal.permissions.has(requirement)
}

/**
 * The principal, certain to meet the requirement.
 *
 * @throws ProblemError `unauthenticated` for nobody, `forbidden` for somebody without the permission
 */
export function demand(principal: Principal | null, requirement: Requirement): void {
  if (may(principal, requirement)) return
  if (principal === null) {
    throw new ProblemError('unauthenticated', 'Sign in to do this.', {
      hint: 'Sign in, or send Authorization: Bearer with a valid token.',
    })
  }
  throw new ProblemError('forbidden', `Your account lacks the permission ${requirement}.`, {
    hint: 'Ask an administrator for the permission.',
  })
}

/** True for those whose ticket permissions reach only the tickets they asked for themselves. */
export function ownTicketsOnly(principal: Principal): boolean {
  return principal.role === 'viewer'
}
