/** What `npm start` serves: the instance of SN_INSTANCE_URL, else the demo, else (on a public address) the server without a connection. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

if (existsSync('.env')) process.loadEnvFile('.env')

const loopback = ['127.0.0.1', 'localhost', '::1'].includes(process.env.HOST ?? '127.0.0.1')
const [command, why] = process.env.SN_INSTANCE_URL
  ? ['serve', 'SN_INSTANCE_URL is set: serving that instance']
  : loopback
    ? ['demo', 'SN_INSTANCE_URL is not set: serving the demo with a simulated instance']
    : ['serve', 'HOST is not loopback and SN_INSTANCE_URL is not set: serving without a connection']

console.log(why)
const cli = fileURLToPath(new URL('../packages/server/dist/cli.js', import.meta.url))
process.argv.splice(1, 1, cli, command)
await import(cli)
