/** The simulated instance of the pull benchmark, in a process of its own. */
import { createInstance, seedIncidents } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'

const count = Number(process.argv[2] ?? 100_000)
const instance = createInstance({
  seed: 1,
  users: [{ userName: 'admin', password: 'admin', roles: ['admin'] }],
})
const { incidents } = seedIncidents({ seed: 1, count, now: new Date('2026-03-01T08:00:00Z') })
instance.control.load('incident', incidents)
const { url } = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
console.log(`ready ${url}`)
