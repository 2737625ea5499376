/** Which process works on a run, so that the next one can tell a dead holder from a slow one without waiting for its lease. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Host, process id and begin of this process. Example: `web-1/4711/8823402`. */
export function processIdentity(): string {
  return `${encodeURIComponent(hostname())}/${process.pid}/${beginOf(process.pid) ?? '-'}`
}

/** The host of an identity. Example: `hostOf('web-1/4711/8823402')` is `'web-1'`. */
export function hostOf(identity: string): string {
  return decodeURIComponent(identity.split('/')[0] ?? '')
}

/**
 * True only when it is certain: the process was on this host and is gone, or its id now belongs to another one. A process of another
 * host is never certain; its lease decides.
 */
export function isDead(identity: string): boolean {
  const [host, pidText, begin] = identity.split('/')
  const pid = Number(pidText)
  if (host !== encodeURIComponent(hostname()) || !Number.isInteger(pid) || pid < 1) return false
  if (!exists(pid)) return true
  const present = beginOf(pid)
  return present !== null && begin !== '-' && present !== begin
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Ticks between the boot of the machine and the begin of the process; null where the system does not tell. */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in brackets and may hold anything; the 20th word after it is the begin.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
