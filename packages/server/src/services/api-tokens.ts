/** API tokens for programs: made and shown once, listed without their text, revoked for good. */
import type { Role } from '@snowline/protocol'
import type { Principal } from '../auth/principal.ts'
import { apiTokenPrefix, newToken } from '../auth/tokens.ts'
import { type Clock, isoSeconds } from '../clock.ts'
import { insertApiToken, listApiTokens, revokeApiToken } from '../db/api-tokens.ts'
import { type Actor, appendAudit } from '../db/audit.ts'
import type { ApiTokenRow, Executor } from '../db/tables.ts'
import { ProblemError, validationFailed } from '../problem/problem-error.ts'

export interface ApiTokenView {
  id: string
  name: string
  role: Role
  user_id: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
}

export interface ApiTokens {
  /** The text is in this answer and nowhere else. */
  create(
    input: { name: string; role: Role; expiresAt?: string | undefined },
    by: { principal: Principal; actor: Actor },
  ): Promise<{ token: string; view: ApiTokenView }>
  list(): Promise<ApiTokenView[]>
  /** @throws ProblemError `not_found` */
  revoke(id: string, actor: Actor): Promise<void>
}

export function createApiTokens(options: {
  write: Executor
  read: Executor
  clock: Clock
  newId: () => string
}): ApiTokens {
  const { write, read, clock, newId } = options
  return {
    async create({ name, role, expiresAt }, { principal, actor }) {
      const expires = expiresAt === undefined ? null : Date.parse(expiresAt)
      if (expires !== null && !(expires > clock.now())) {
        throw validationFailed([
          { path: 'expiresAt', message: 'must be an instant in the future (ISO 8601)' },
        ])
      }
      const { token, hash } = newToken(apiTokenPrefix)
      const row: ApiTokenRow = {
        id: newId(),
        name,
        token_hash: hash,
        role,
        user_id: principal.userId,
        created_at: isoSeconds(clock.now()),
        expires_at: expires,
        revoked_at: null,
      }
      await write.transaction().execute(async (tx) => {
        await insertApiToken(tx, row)
        const entry = { action: 'token.create', target: `token:${row.id}`, after: { name, role } }
        await appendAudit(tx, actor, clock.now(), entry)
      })
      return { token, view: view(row) }
    },
    list: async () => (await listApiTokens(read)).map(view),
    async revoke(id, actor) {
      await write.transaction().execute(async (tx) => {
        if (!(await revokeApiToken(tx, id, isoSeconds(clock.now())))) {
          throw new ProblemError('not_found', 'No live token has this id.')
        }
        await appendAudit(tx, actor, clock.now(), { action: 'token.revoke', target: `token:${id}` })
      })
    },
  }
}

function view(row: ApiTokenRow): ApiTokenView {
  const { id, name, role, user_id, created_at, expires_at, revoked_at } = row
  return {
    id,
    name,
    role,
    user_id,
    created_at,
    expires_at: expires_at === null ? null : isoSeconds(expires_at),
    revoked_at,
  }
}
