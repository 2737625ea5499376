/** The integrations page: the element for whoever may see integrations, kind words for everybody else. */
import { make, part } from './dom.js'
import { goToSignIn, mayOpen, openSession, showPanel, startThemeButton } from './session.js'

startThemeButton()
const user = await openSession()
if (mayOpen(user, 'integrations')) {
  const element = make('sn-integrations', { 'api-base': new URL('api', document.baseURI).pathname })
  element.addEventListener('sn-auth-required', goToSignIn)
  part('content').replaceChildren(element)
} else {
  showPanel(
    'Integrations are for the support team',
    'Your account does not include them. If you need them for your work, an administrator can give you the agent role.',
  )
}
