/** The demonstration: its accounts for the sign-in page, and the bar that breaks the simulated instance on request. */
import { make } from './dom.js'
import { ask } from './session.js'

/**
 * @typedef {{ email: string, password: string, role: string }} Account
 * @typedef {{ url: string, faults: string[], current?: string }} Simulator
 * @typedef {{ accounts: Account[], simulator: Simulator | null }} Demo
 */

const faultNames = {
  none: 'Healthy',
  asleep: 'Asleep',
  slow: 'Slow',
  rate_limited: 'Rate limited',
  errors: 'Errors',
  cut: 'Cut off',
}

/**
 * What this server demonstrates, or null when it is no demonstration.
 * @returns {Promise<Demo | null>}
 */
export async function readDemo() {
  const { status, body } = await ask('api/demo')
  if (status !== 200 || body === null) return null
  return {
    accounts: Array.isArray(body.accounts) ? body.accounts : [],
    simulator: typeof body.simulator === 'object' ? body.simulator : null,
  }
}

/**
 * The slim bar above the list: one press makes the instance healthy, asleep, slow and so on.
 * @param {Simulator} simulator
 * @param {() => Promise<void>} onChange what to do once the instance has changed
 */
export function demoBar(simulator, onChange) {
  const told = make('span', { class: 'told', role: 'status' })
  const faults = simulator.faults.filter((fault) => Object.hasOwn(faultNames, fault))
  const all = faults.includes('none') ? faults : ['none', ...faults]
  const choose = async (fault) => {
    told.textContent = ''
    const { status } = await ask('api/demo/fault', { method: 'POST', body: { fault } })
    if (status !== 200) told.textContent = 'The simulator did not listen.'
    await onChange()
  }
  const choices = all.map((fault) => faultChoice(fault, fault === (simulator.current ?? 'none'), choose))
  return make(
    'section',
    { class: 'demo-bar', 'aria-label': 'Simulated instance' },
    make('span', { class: 'demo-name' }, 'Simulated instance'),
    make(
      'fieldset',
      { class: 'switch' },
      make('legend', { class: 'visually-hidden' }, 'The instance is'),
      ...choices,
    ),
    happenButton(told, onChange),
    told,
  )
}

function faultChoice(fault, checked, choose) {
  const radio = make('input', { type: 'radio', name: 'fault', value: fault, checked })
  radio.addEventListener('change', () => void choose(fault))
  return make('label', {}, radio, make('span', {}, faultNames[fault]))
}

function happenButton(told, onChange) {
  const button = make('button', { type: 'button', class: 'small-button' }, 'Make something happen')
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-disabled') === 'true') return
    button.setAttribute('aria-disabled', 'true')
    const { status, body } = await ask('api/demo/mutate', { method: 'POST' })
    const changed = typeof body?.changed === 'number' ? body.changed : 0
    const said = changed === 1 ? '1 incident changed.' : `${changed} incidents changed.`
    told.textContent = status === 200 ? said : 'The simulator did not listen.'
    await onChange()
    button.setAttribute('aria-disabled', 'false')
  })
  return button
}
