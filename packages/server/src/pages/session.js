/** Who is signed in: asks the server, sends strangers to the sign-in page, and fills the header every page shares. */
import { icon, make, part } from './dom.js'

const paths = {
  lock: 'M4.5 7h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  auto: 'M8 2.25a5.75 5.75 0 1 0 0 11.5 5.75 5.75 0 0 0 0-11.5Z',
  light:
    'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  dark: 'M13.3 9.6A5.8 5.8 0 0 1 6.4 2.7a5.6 5.6 0 1 0 6.9 6.9Z',
}

const rightHalf = 'M8 2.25a5.75 5.75 0 0 1 0 11.5Z'

/** The pages of the dashboard and who finds them in the navigation. */
const pages = [
  { path: 'tickets', name: 'Tickets', roles: ['admin', 'agent', 'viewer'] },
  { path: 'servicenow', name: 'ServiceNow', roles: ['admin', 'agent'] },
  { path: 'integrations', name: 'Integrations', roles: ['admin', 'agent'], permission: 'integration.view' },
  { path: 'datasets', name: 'Datasets', roles: ['admin', 'agent'], permission: 'dataset.view' },
  { path: 'problems', name: 'Problems', roles: ['admin', 'agent'] },
]

/** How often the number of open problems is asked for while the page is in sight. */
const COUNT_EVERY_MS = 60_000

/**
 * @typedef {{ id: string, email: string, role: string, permissions: string[] }} User
 * @typedef {{ status: number, body: Record<string, unknown> | null, headers: Headers }} Answer
 */

/**
 * Asks the API with the cookie of the session. An answer that is not JSON has the body null; no answer at all has the
 * status 0. Example: `await ask('api/auth/me')`.
 * @param {string} path relative to the base of the server
 * @param {{ method?: string, body?: unknown }} [options]
 * @returns {Promise<Answer>}
 */
export async function ask(path, { method = 'GET', body } = {}) {
  const headers = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const response = await fetch(new URL(path, document.baseURI), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
    })
    const json = await response.json().catch(() => null)
    return { status: response.status, body: json, headers: response.headers }
  } catch {
    return { status: 0, body: null, headers: new Headers() }
  }
}

/** Sends the reader to the sign-in page, and back here afterwards. */
export function goToSignIn() {
  const address = new URL('sign-in', document.baseURI)
  address.searchParams.set('next', location.pathname + location.search + location.hash)
  location.replace(address)
}

/**
 * The signed-in person, with the header filled. Whoever is not signed in is sent away, and the promise stays open.
 * @returns {Promise<User>}
 */
export async function openSession() {
  const { status, body } = await ask('api/auth/me')
  if (status === 401) {
    goToSignIn()
    return new Promise(() => undefined)
  }
  if (status !== 200 || typeof body?.user !== 'object' || body.user === null) {
    showPanel('The server does not answer', 'Reload the page in a moment.')
    return new Promise(() => undefined)
  }
  const user = /** @type {User} */ (body.user)
  fillHeader(user)
  if (mayOpen(user, 'problems')) void watchProblems()
  return user
}

/**
 * Whether this person's navigation has the page.
 * @param {User} user
 * @param {string} path
 */
export function mayOpen(user, path) {
  return pages.some((page) => page.path === path && isFor(page, user))
}

function isFor({ roles, permission }, user) {
  return roles.includes(user.role) && (permission === undefined || user.permissions.includes(permission))
}

/**
 * One calm panel in place of the page's content.
 * @param {string} title
 * @param {string} text
 * @param {...Node} steps
 */
export function showPanel(title, text, ...steps) {
  part('content').replaceChildren(
    make(
      'section',
      { class: 'panel' },
      make('span', { class: 'emblem' }, icon(paths.lock)),
      make('h2', {}, title),
      make('p', {}, text),
      ...steps,
    ),
  )
}

/** @param {User} user */
function fillHeader(user) {
  const here = new URL(location.href).pathname.replace(/\/$/, '')
  const within = (path) => here === path || here.startsWith(`${path}/`)
  const links = pages
    .filter((page) => isFor(page, user))
    .map(({ path, name }) => {
      const current = within(new URL(path, document.baseURI).pathname)
      return make('a', { href: path, 'aria-current': current ? 'page' : null, 'data-page': path }, name)
    })
  part('pages').replaceChildren(...links)
  // On a narrow screen the row of pages scrolls.
  document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  const signOut = make('button', { type: 'button', class: 'quiet-button' }, 'Sign out')
  signOut.addEventListener('click', () => void leave())
  part('person').replaceChildren(
    make(
      'span',
      { class: 'who' },
      make('span', { class: 'email' }, user.email),
      make('span', { class: 'role' }, user.role),
    ),
    signOut,
  )
}

async function watchProblems() {
  const count = async () => {
    if (document.visibilityState !== 'visible') return
    const { status, body } = await ask('api/sn/problems')
    if (status === 200 && Array.isArray(body?.problems)) showProblemCount(body.problems.length)
  }
  setInterval(() => void count(), COUNT_EVERY_MS)
  await count()
}

/**
 * The number beside "Problems" in the navigation; none when nothing waits.
 * @param {number} count
 */
export function showProblemCount(count) {
  const link = document.querySelector('nav [data-page="problems"]')
  if (link === null) return
  link.querySelector('.count')?.remove()
  if (count === 0) return
  const shown = make('span', { class: 'count' }, count > 99 ? '99+' : String(count))
  shown.append(make('span', { class: 'visually-hidden' }, count === 1 ? ' open problem' : ' open problems'))
  link.append(shown)
}

async function leave() {
  await ask('api/auth/logout', { method: 'POST' })
  location.assign(new URL('sign-in', document.baseURI))
}

const themes = ['auto', 'light', 'dark']

/** Puts the theme button to work: each press goes on to the next of auto, light and dark. */
export function startThemeButton() {
  const button = part('theme')
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? 'auto'
    button.replaceChildren(icon(paths[theme], theme === 'auto' ? rightHalf : undefined))
    button.setAttribute('aria-label', `Theme: ${theme}`)
    button.title = `Theme: ${theme}`
  }
  button.addEventListener('click', () => {
    const at = themes.indexOf(document.documentElement.dataset.theme ?? 'auto')
    keepTheme(themes[(at + 1) % themes.length])
    show()
  })
  show()
}

/** @param {string} theme */
function keepTheme(theme) {
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem('snowline-theme', theme)
  } catch {
    // A browser that keeps nothing still shows the theme until the page is left.
  }
}
