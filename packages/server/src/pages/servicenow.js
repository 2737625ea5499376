/** The ServiceNow page: the element for admins and agents, kind words for everybody else. */
import { demoBar, readDemo } from './demo.js'
import { make, part } from './dom.js'
import { goToSignIn, mayOpen, openSession, showPanel, startThemeButton } from './session.js'

startThemeButton()
const user = await openSession()
if (mayOpen(user, 'servicenow')) await showIncidents()
else {
  showPanel(
    'ServiceNow is for the support team',
    'Your account does not include it. If you need it for your work, an administrator can give you the agent role.',
  )
}

async function showIncidents() {
  const element = make(
    'sn-incidents',
    {
      'api-base': new URL('api', document.baseURI).pathname,
      'page-size': '25',
      'hash-key': 'sn',
      'ticket-href': `${new URL('tickets', document.baseURI).pathname}/{id}`,
    },
    ...nextSteps(),
  )
  element.addEventListener('sn-auth-required', goToSignIn)
  part('content').replaceChildren(element)
  const demo = await readDemo()
  if (demo?.simulator) element.before(demoBar(demo.simulator, () => element.refresh()))
}

/** Who can connect it is led there; who cannot is told whom to ask. */
function nextSteps() {
  if (!user.permissions.includes('integration.create')) {
    return [make('span', { slot: 'not-configured' }, 'An administrator can connect it.')]
  }
  const names = ['SN_INSTANCE_URL', 'SN_USERNAME', 'SN_PASSWORD'].flatMap((name) => [
    make('code', {}, name),
    ' ',
  ])
  return [
    make('a', { slot: 'not-configured', href: 'integrations' }, 'Connect ServiceNow'),
    make(
      'span',
      { slot: 'not-configured', class: 'setting-names' },
      'or set ',
      ...names,
      'for the server and start it again.',
    ),
  ]
}
