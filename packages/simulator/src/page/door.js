/* The control door as this page uses it, and the words it says about what came of that. */

const told = document.getElementById('told')
const text = told.querySelector('span')
let going

function fade() {
  text.textContent = ''
}

/** Shows one sentence near where people look, over the page and without moving it; it goes by itself unless it is a fault. */
export function tell(sentence, kind = 'done') {
  clearTimeout(going)
  text.textContent = sentence
  told.dataset.kind = kind
  if (kind === 'done') going = setTimeout(fade, 5000)
}

told.querySelector('button').addEventListener('click', fade)

async function ask(method, path, body) {
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  const response = await fetch(`/__sim/${path}`, init)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

export const get = (path) => ask('GET', path)

/** Does something and says so; a refusal is told in its own words. Gives whether it was done. */
export async function act(method, path, body, done) {
  try {
    await ask(method, path, body)
    tell(done)
    return true
  } catch (error) {
    tell(`That did not work: ${error.message}`, 'fault')
    return false
  }
}

/** An element with texts and elements in it; nothing is ever read as HTML. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}
