/** Only in a demonstration: its accounts, and the switches of its pretend instance. */
import * as z from 'zod'
import { json } from '../http/json.ts'
import { ProblemError } from '../problem/problem-error.ts'
import type { Demo, Services } from '../services/services.ts'
import { defineRoute, type Route } from './route.ts'

/** These routes are mounted in a demonstration only. */
function demandDemo({ demo }: Services): Demo {
  if (demo !== null) return demo
  throw new ProblemError('not_found', 'Nothing is at this address.')
}

function state(demo: Demo) {
  const { accounts, simulatorUrl: url, faults } = demo
  return { success: true, accounts, simulator: { url, faults, current: demo.current() } }
}

const show = defineRoute({
  method: 'GET',
  path: '/api/demo',
  permission: 'anonymous',
  summary: 'Accounts and simulator of the demonstration',
  page: true,
  handler: (_request, services) => json(state(demandDemo(services))),
})

const fault = defineRoute({
  method: 'POST',
  path: '/api/demo/fault',
  permission: 'incident.push',
  summary: 'Break or mend the pretend instance',
  page: true,
  body: z.strictObject({ fault: z.string().max(40) }),
  async handler({ body }, services) {
    const demo = demandDemo(services)
    await demo.setFault(body.fault)
    // The page asks next how the connection is: a kept answer would be the old one.
    services.snHealth.forget()
    return json(state(demo))
  },
})

const mutate = defineRoute({
  method: 'POST',
  path: '/api/demo/mutate',
  permission: 'incident.push',
  summary: 'Make something happen on the pretend instance',
  page: true,
  handler: async (_request, services) =>
    json({ success: true, changed: await demandDemo(services).mutate() }),
})

export const demoRoutes: readonly Route[] = [show, fault, mutate]
