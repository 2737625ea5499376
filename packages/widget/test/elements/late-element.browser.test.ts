/** An element whose inside comes later: before it is there, when it cannot be had, and when it comes too late. */
import { html } from 'lit'
import { afterEach, expect, test, vi } from 'vitest'
import { LateElement, type Loaded, type Place } from '../../src/elements/late-element.ts'

let answers: (() => Promise<Loaded>)[] = []
const starts: string[] = []

class LateTest extends LateElement {
  protected override load(place: Place): Promise<Loaded> {
    const answer = answers.shift()
    if (answer === undefined) throw new Error(`asked too often by ${place.host.localName}`)
    return answer()
  }
}
customElements.define('late-test', LateTest)

afterEach(() => {
  document.body.replaceChildren()
  starts.length = 0
})

function inside(): Loaded {
  return {
    styles: [],
    inside: {
      hostConnected: () => undefined,
      start: async () => {
        starts.push('start')
      },
      render: () => html`<p id="inside">here</p>`,
    },
  }
}

function mount() {
  const element = document.createElement('late-test')
  document.body.append(element)
  return {
    element,
    find: (selector: string) => element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null,
  }
}

test('bones stand there until the inside has come, and then it begins once', async () => {
  let come: (loaded: Loaded) => void = () => undefined
  answers = [() => new Promise((resolve) => (come = resolve))]
  const { find } = mount()
  await vi.waitFor(() => expect(find('.waiting')).not.toBeNull())
  come(inside())
  await vi.waitFor(() => expect(find('#inside')).not.toBeNull())
  expect(starts).toEqual(['start'])
})

test('an inside that cannot be fetched is told once as an alert, and Try again fetches it', async () => {
  answers = [() => Promise.reject(new TypeError('Failed to fetch')), () => Promise.resolve(inside())]
  const { find } = mount()
  await vi.waitFor(() => expect(find('[role=alert]')).not.toBeNull())
  find('button')?.click()
  await vi.waitFor(() => expect(find('#inside')).not.toBeNull())
  expect(find('[role=alert]')).toBeNull()
})

test('an element that was taken out meanwhile asks nothing; put back, it begins', async () => {
  let come: (loaded: Loaded) => void = () => undefined
  answers = [() => new Promise((resolve) => (come = resolve))]
  const { element, find } = mount()
  await vi.waitFor(() => expect(find('.waiting')).not.toBeNull())
  element.remove()
  come(inside())
  await vi.waitFor(() => expect(find('#inside')).not.toBeNull())
  expect(starts).toEqual([])
  document.body.append(element)
  await vi.waitFor(() => expect(starts).toEqual(['start']))
})
