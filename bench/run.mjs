/** `npm run bench [name]`: runs one benchmark, or all of them one after the other. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const known = ['pull', 'sync', 'rollback', 'mapper', 'simulator', 'client', 'attachments']
const [wanted, ...rest] = process.argv.slice(2)
const chosen = wanted === undefined ? known : [wanted]

for (const name of chosen) {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  if (!known.includes(name) || !existsSync(file)) {
    console.error(`There is no benchmark "${name}". There is: ${known.join(', ')}.`)
    process.exit(1)
  }
  const { status } = spawnSync(process.execPath, [file, ...rest], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
