/** The simulated instance of the pull and sync benchmarks, in a process of its own: how many incidents, and whether as `bulk`. */
import { createInstance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'

const count = Number(process.argv[2] ?? 100_000)
// Made when they are read: a million of them stay within a gigabyte.
const instance = createInstance(
  process.argv[3] === 'bulk' ? { seed: 1, bulkIncidents: count } : { seed: 1, incidents: count },
)
const { url } = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
console.log(`ready ${url}`)
