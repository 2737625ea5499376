/** The sign-in page: e-mail and password, and in a demonstration its accounts at one press. */
import { readDemo } from './demo.js'
import { make, part } from './dom.js'
import { ask, startThemeButton } from './session.js'

const form = part('sign-in')
const email = part('email')
const password = part('password')
const fault = part('fault')
const button = part('submit')

startThemeButton()
form.addEventListener('submit', (event) => {
  event.preventDefault()
  void signIn()
})
email.focus()
await showAccounts()

async function signIn() {
  if (button.getAttribute('aria-disabled') === 'true') return
  say('')
  button.setAttribute('aria-disabled', 'true')
  button.textContent = 'Signing in…'
  const answer = await ask('api/auth/login', {
    method: 'POST',
    body: { email: email.value.trim(), password: password.value },
  })
  if (answer.status === 200) {
    location.replace(destination(answer.body?.user?.role))
    return
  }
  button.setAttribute('aria-disabled', 'false')
  button.textContent = 'Sign in'
  say(words(answer))
  password.select()
}

/** Only an address of this server, under its base: a link to the sign-in page must not lead anywhere else. */
function destination(role) {
  const home = new URL(role === 'viewer' ? 'tickets' : 'servicenow', document.baseURI)
  const next = new URLSearchParams(location.search).get('next')
  if (next === null || !URL.canParse(next, document.baseURI)) return home
  const target = new URL(next, document.baseURI)
  const base = new URL(document.baseURI)
  return target.origin === base.origin && target.pathname.startsWith(base.pathname) ? target : home
}

function words({ status, body, headers }) {
  if (status === 0) return 'The server does not answer. Is it still running?'
  if (status === 401) return 'E-mail or password is not right.'
  if (status === 429) {
    const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10)
    const wait = seconds > 0 ? `in ${seconds} seconds` : 'in a minute'
    return `Too many attempts. Try again ${wait}.`
  }
  return typeof body?.detail === 'string' ? body.detail : 'Signing in did not work.'
}

/** @param {string} text */
function say(text) {
  fault.textContent = text
  fault.hidden = text === ''
  for (const field of [email, password]) field.setAttribute('aria-invalid', text === '' ? 'false' : 'true')
}

async function showAccounts() {
  const demo = await readDemo()
  if (demo === null || demo.accounts.length === 0) return
  const choices = demo.accounts.map((account) => {
    const choice = make(
      'button',
      { type: 'button', class: 'account' },
      make('span', { class: 'account-role' }, account.role),
      make('span', { class: 'account-email' }, account.email),
    )
    choice.addEventListener('click', () => {
      email.value = account.email
      password.value = account.password
      say('')
      button.focus()
    })
    return choice
  })
  part('accounts').append(...choices)
  part('demo').hidden = false
}
