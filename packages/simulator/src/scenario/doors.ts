/** The shapes of what stands at an instance's doors: applications, tokens, API keys, staging tables. */
import type { ApiKey } from '../api-keys.ts'
import type { ImportMap } from '../import-set.ts'
import type { Jwk, JwtKey, OAuthClient, TokenLives } from '../tokens.ts'
import { column, either, list, mapOf, object, oneOf, whole, words } from './shape.ts'

const jwk = object<Jwk>({ kty: words, n: words, e: words, k: words })
const jwt = object<JwtKey>(
  {
    algorithm: oneOf(['HS256', 'RS256']),
    key: either(words, jwk),
    issuer: words,
    userField: oneOf(['user_name', 'email', 'sys_id']),
  },
  ['algorithm', 'key'],
)

/** An application of the OAuth registry. */
export const oauthClient = object<OAuthClient>(
  { clientId: words, clientSecret: words, applicationUser: words, jwt },
  ['clientId', 'clientSecret'],
)

/** How long tokens live. */
export const tokenLives = object<TokenLives>({ accessSeconds: whole(1), refreshSeconds: whole(1) })

/** An API key with its policies. */
export const apiKey = object<ApiKey>(
  {
    key: words,
    user: words,
    apis: list(oneOf(['table', 'stats', 'attachment', 'batch', 'import', 'tinyurl', 'oauth'])),
    from: oneOf(['header', 'query']),
  },
  ['key', 'user', 'apis'],
)

/** A staging table with its transform map. */
export const importMap = object<ImportMap>(
  { staging: column, target: column, name: words, fields: mapOf(column, words), coalesce: list(column) },
  ['staging', 'target'],
)
