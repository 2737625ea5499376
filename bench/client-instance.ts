/** The simulated instance of the client benchmark, in a process of its own: how many incidents, and how late it answers in ms. */
import { createInstance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'

const [incidents = 100_000, latencyMs = 0] = process.argv.slice(2).map(Number)
const instance = createInstance({ seed: 1, incidents, latencyMs })
const { url } = await serveInstance(instance, { port: 0, host: '127.0.0.1' })
console.log(`ready ${url}`)
