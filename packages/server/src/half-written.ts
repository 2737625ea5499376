/** Files on their way to their place: their names tell who writes them, so that what a killed process left can be removed at once. */
import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDead, processIdentity } from './runs/process-identity.ts'

/** How every name of a file ends that is not whole. */
export const UNFINISHED = '.tmp'

/**
 * The name under which a file is written until it is whole.
 *
 * @example halfWritten('data/secret.key')  // 'data/secret.key.web-1%2F4711%2F8823402.tmp'
 */
export function halfWritten(target: string, identity = processIdentity()): string {
  // Hosts may have dots in their names; here a dot ends the name of the file.
  return `${target}.${encodeURIComponent(identity).replaceAll('.', '%2E')}${UNFINISHED}`
}

/** What a name says, null when it is not one of a half-written file: of which file, and whose. */
export function readHalfWritten(name: string): { target: string; identity: string } | null {
  const [, target, encoded] = /^(.+)\.([^.]*%2F\d+%2F[^.]*)\.tmp$/.exec(basename(name)) ?? []
  return target === undefined || encoded === undefined
    ? null
    : { target, identity: decodeURIComponent(encoded) }
}

/** Removes from one folder what dead processes left in it. What a living one writes stays, and so does that of another host. */
export async function removeHalfWritten(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const file = readHalfWritten(name)
    if (file !== null && isDead(file.identity)) await rm(join(folder, name), { force: true })
  }
}
