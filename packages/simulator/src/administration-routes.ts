/** What the paths of administration under `/__sim/` do: properties, OAuth, API keys, import maps, policies, files. */
import type { ApiKey } from './api-keys.ts'
import { type ControlRoute, optionsIn, textIn } from './asked.ts'
import type { AttachedFile } from './attached.ts'
import type { ImportMap } from './import-set.ts'
import type { BusinessRule, DataPolicy } from './policies.ts'
import type { OAuthClient, TokenLives } from './tokens.ts'

/** The routes of administration by method and name. */
export const administrationRoutes: Readonly<Record<string, ControlRoute>> = {
  'POST property': (control, { body }) => {
    const name = textIn(body, 'name')
    if (name === undefined) throw new TypeError('The body needs "name"')
    control.property(name, textIn(body, 'value'))
    return { set: true }
  },
  'POST oauth': (control, { body }) => {
    control.oauth(optionsIn<TokenLives>(body))
    return { set: true }
  },
  'POST oauth-clients': (control, { body }) => {
    control.oauthClient(optionsIn<OAuthClient>(body))
    return { set: true }
  },
  'DELETE tokens': (control) => {
    control.revokeTokens()
    return { revoked: true }
  },
  'POST api-keys': (control, { body }) => {
    control.apiKey(optionsIn<ApiKey>(body))
    return { set: true }
  },
  'DELETE api-keys': (control, { rest }) => {
    control.removeApiKey(rest)
    return { removed: true }
  },
  'POST data-policies': (control, { body }) => ({ id: control.dataPolicy(optionsIn<DataPolicy>(body)) }),
  'POST business-rules': (control, { body }) => ({ id: control.businessRule(optionsIn<BusinessRule>(body)) }),
  'DELETE policies': (control, { rest }) => {
    control.clearPolicies(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'POST import-maps': (control, { body }) => {
    control.importMap(optionsIn<ImportMap>(body))
    return { set: true }
  },
  'POST attach': (control, { body }) => ({ sys_id: control.attach(optionsIn<AttachedFile>(body)) }),
}
