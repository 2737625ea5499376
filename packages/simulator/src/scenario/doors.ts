/** The shapes of what stands at an instance's doors: applications, tokens, API keys, staging tables, properties. Scenarios and control methods share them. */
import type { ApiKey } from '../api-keys.ts'
import type { ImportMap } from '../import-set.ts'
import { PROPERTY_DEFAULTS } from '../properties.ts'
import type { Jwk, JwtKey, OAuthClient, TokenLives } from '../tokens.ts'
import { demandColumn, type Names, tableOf, userOf } from './names.ts'
import { nearest } from './nearest.ts'
import {
  also,
  column,
  either,
  inside,
  list,
  mapOf,
  object,
  oneOf,
  type Shape,
  some,
  whole,
  words,
} from './shape.ts'

const jwk = object<Jwk>({ kty: words, n: words, e: words, k: words })
const jwtShape = object<JwtKey>(
  {
    algorithm: oneOf(['HS256', 'RS256']),
    key: either(words, jwk),
    issuer: words,
    userField: oneOf(['user_name', 'email', 'sys_id']),
  },
  ['algorithm', 'key'],
)

/** The object identifier of RSA keys as DER has it. */
const RSA = '2a864886f70d010101'

/** Whether a text is a public RSA key: PEM, or its base64 alone. */
function isPublicKey(key: string): boolean {
  const body = key.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, '').replace(/\s/g, '')
  try {
    const bytes = Array.from(atob(body), (letter) =>
      (letter.codePointAt(0) ?? 0).toString(16).padStart(2, '0'),
    )
    return bytes[0] === '30' && bytes.slice(0, 40).join('').includes(RSA)
  } catch {
    return false
  }
}

const isBase64url = (text: string | undefined): boolean => /^[A-Za-z0-9_-]+$/.test(text ?? '')

/** Whether the key is one of its algorithm; with another one every assertion would be refused, and nothing says why. */
function isKey({ algorithm, key }: JwtKey): boolean {
  if (typeof key === 'string') return algorithm === 'HS256' || isPublicKey(key)
  if (algorithm === 'HS256') return key.kty === 'oct' && isBase64url(key.k)
  return key.kty === 'RSA' && isBase64url(key.n) && isBase64url(key.e)
}

const jwt = also<JwtKey>(jwtShape, (given, path, problems) => {
  if (isKey(given)) return
  const mend =
    given.algorithm === 'RS256'
      ? 'Write a public RSA key: PEM that begins with -----BEGIN PUBLIC KEY-----, or a JWK with kty, n and e.'
      : 'Write the shared secret as a text, or a JWK with kty "oct" and k.'
  problems.push({ path: inside(path, 'key'), message: `This is no key for ${given.algorithm}.`, mend })
})

/** A system property; any name may be set, but one that nearly is a name that is obeyed was meant to be it. */
const propertyName = also<string>(words, (name, path, problems) => {
  const known = Object.keys(PROPERTY_DEFAULTS)
  if (known.includes(name)) return
  const near = nearest(name, known, () => 3)
  if (near === undefined) return
  problems.push({ path, message: `Nothing obeys the property ${name}.`, mend: `Did you mean "${near}"?` })
})

function importMapShape(names: Names): Shape {
  const map = object<ImportMap>(
    {
      staging: column,
      target: tableOf(names),
      name: words,
      fields: mapOf(column, words),
      coalesce: list(column),
    },
    ['staging', 'target'],
  )
  return also<ImportMap>(map, ({ target, fields = {}, coalesce = [] }, path, problems) => {
    for (const [at, name] of coalesce.entries())
      demandColumn(names, target, name, { path: `${inside(path, 'coalesce')}[${at}]`, problems })
    for (const [from, name] of Object.entries(fields))
      demandColumn(names, target, name, { path: `${inside(path, 'fields')}.${from}`, problems })
  })
}

/** The shapes of an instance that has these names. */
export function doorShapes(names: Names) {
  const user = userOf(names)
  return {
    oauthClient: object<OAuthClient>({ clientId: words, clientSecret: words, applicationUser: user, jwt }, [
      'clientId',
      'clientSecret',
    ]),
    tokenLives: object<TokenLives>({ accessSeconds: whole(1), refreshSeconds: whole(1) }),
    apiKey: object<ApiKey>(
      {
        key: words,
        user,
        apis: some(oneOf(['table', 'stats', 'attachment', 'batch', 'import', 'tinyurl', 'oauth'])),
        from: oneOf(['header', 'query']),
      },
      ['key', 'user', 'apis'],
    ),
    importMap: importMapShape(names),
    propertyName,
  }
}
