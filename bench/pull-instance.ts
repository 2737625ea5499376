/** The simulated instance of the pull benchmark, in a process of its own. */
import { createInstance } from '@snowline/simulator'
import { serveInstance } from '@snowline/simulator/serve'

const incidents = Number(process.argv[2] ?? 100_000)
const { url } = await serveInstance(createInstance({ seed: 1, incidents }), { port: 0, host: '127.0.0.1' })
console.log(`ready ${url}`)
