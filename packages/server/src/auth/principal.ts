/** Who is calling: the same shape whether it came by a session, an API token, a widget token or a JWT of the host. */
import { type Permission, type Role, rolePermissions, type UserView } from '@snowline/protocol'

export interface Principal {
  /** How the caller proved who it is. */
  kind: 'session' | 'api_token' | 'widget_token' | 'host_jwt'
  userId: string
  email: string
  role: Role
  permissions: ReadonlySet<Permission>
  /** True when a cookie carried the proof: then unsafe methods need a same-origin caller. */
  viaCookie: boolean
}

/** A principal with all permissions of its role. */
export function principalOf(
  kind: Principal['kind'],
  user: { id: string; email: string; role: Role },
  viaCookie = false,
): Principal {
  return {
    kind,
    userId: user.id,
    email: user.email,
    role: user.role,
    permissions: new Set(rolePermissions[user.role]),
    viaCookie,
  }
}

/** What a person is called where an id would say nothing: in versions, pauses and reasons. */
export function nameOf({ email, userId }: Pick<Principal, 'email' | 'userId'>): string {
  return email === '' ? userId : email
}

/** What the API says of a caller. */
export function userView(principal: Principal): UserView {
  return {
    id: principal.userId,
    email: principal.email,
    role: principal.role,
    permissions: [...principal.permissions],
  }
}
