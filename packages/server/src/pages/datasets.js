/** The datasets page: the element for whoever may see versions, kind words for everybody else. */
import { make, part } from './dom.js'
import { goToSignIn, mayOpen, openSession, showPanel, startThemeButton } from './session.js'

startThemeButton()
const user = await openSession()
if (mayOpen(user, 'datasets')) {
  const steps = mayOpen(user, 'integrations')
    ? [make('a', { slot: 'empty', href: 'integrations' }, 'Go to the integrations')]
    : []
  const element = make('sn-datasets', { 'api-base': new URL('api', document.baseURI).pathname }, ...steps)
  element.addEventListener('sn-auth-required', goToSignIn)
  part('content').replaceChildren(element)
} else {
  showPanel(
    'Datasets are for the support team',
    'Your account does not include them. If you need them for your work, an administrator can give you the agent role.',
  )
}
