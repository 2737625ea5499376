/** What a host does for the element: hand it a token of the person who is signed in here, and hear of what happens in it. */
const element = document.querySelector('sn-incidents')
element.getToken = async () => (await (await fetch('/token', { method: 'POST' })).json()).token
element.addEventListener('sn-incident-open', (event) => {
  document.title = event.detail.incident?.number ?? 'An old dashboard'
})
