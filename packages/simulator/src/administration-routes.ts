/** What the paths of administration under `/__sim/` do: properties, OAuth, API keys, import maps, policies, files. */
import { type ControlRoute, given, taking, textIn } from './asked.ts'
import { text, words } from './scenario/shape.ts'

/** The routes of administration by method and name. */
export const administrationRoutes: Readonly<Record<string, ControlRoute>> = {
  'POST property': taking(
    { name: words, value: text },
    (control, { body }) => {
      control.property(textIn(body, 'name') ?? '', textIn(body, 'value'))
      return { set: true }
    },
    ['name'],
  ),
  'POST oauth': (control, { body }) => {
    control.oauth(given(body))
    return { set: true }
  },
  'POST oauth-clients': (control, { body }) => {
    control.oauthClient(given(body))
    return { set: true }
  },
  'DELETE tokens': (control) => {
    control.revokeTokens()
    return { revoked: true }
  },
  'POST api-keys': (control, { body }) => {
    control.apiKey(given(body))
    return { set: true }
  },
  'DELETE api-keys': (control, { rest }) => {
    control.removeApiKey(rest)
    return { removed: true }
  },
  'POST data-policies': (control, { body }) => ({ id: control.dataPolicy(given(body)) }),
  'POST business-rules': (control, { body }) => ({ id: control.businessRule(given(body)) }),
  'DELETE policies': (control, { rest }) => {
    control.clearPolicies(rest === '' ? undefined : rest)
    return { cleared: true }
  },
  'POST import-maps': (control, { body }) => {
    control.importMap(given(body))
    return { set: true }
  },
  'POST attach': (control, { body }) => ({ sys_id: control.attach(given(body)) }),
}
