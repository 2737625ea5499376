/** What only Node can look at: whether the name of an instance resolves, and whether its certificate is trusted and for how long. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { codeOf } from '../doctor/cause.ts'
import { bad, type DoctorCheck, good, warn } from '../doctor/check.ts'

export interface NetworkOptions {
  /** Milliseconds since 1970; default the machine's clock. */
  now?: () => number
  /** For the handshake; default 10,000. */
  timeoutMs?: number
  /** Certificates of authorities trusted besides those of Node, as PEM. */
  ca?: string | string[]
}

const DAY_MS = 86_400_000
const UNNAMED = 'unknown fault'
/** Certificates are renewed about a month before they end; one that is nearer has been forgotten. */
const NEAR_END_MS = 14 * DAY_MS

/**
 * The checks `dns` and `tls` of the doctor. `tls` is left out for a plain http origin, and when the name does not resolve. Throws nothing
 * but the signal's own reason. Behind a proxy that resolves names itself both may fail although requests get through.
 *
 * @example await sn.doctor({ network: networkChecks() })
 */
export function networkChecks(
  options: NetworkOptions = {},
): (origin: string, signal?: AbortSignal) => Promise<DoctorCheck[]> {
  return async (origin, signal) => {
    signal?.throwIfAborted()
    const { protocol, hostname, port } = new URL(origin)
    const host = hostname.replace(/^\[|\]$/g, '')
    const dns = await checkDns(host)
    signal?.throwIfAborted()
    if (dns.status === 'fail' || protocol !== 'https:') return [dns]
    const tls = await checkTls(host, port === '' ? 443 : Number(port), options)
    signal?.throwIfAborted()
    return [dns, tls]
  }
}

async function checkDns(host: string): Promise<DoctorCheck> {
  const subject = { name: 'dns' } as const
  try {
    const addresses = await lookup(host, { all: true })
    const count = addresses.length === 1 ? 'one address' : `${addresses.length} addresses`
    return good(subject, `${host} resolves to ${count}.`)
  } catch (error) {
    const mend = 'Check the name of the instance, and whether this machine may ask a name server.'
    return bad(subject, `${host} does not resolve (${codeOf(error) || UNNAMED}).`, mend)
  }
}

async function checkTls(host: string, port: number, options: NetworkOptions): Promise<DoctorCheck> {
  const subject = { name: 'tls' } as const
  try {
    const { valid_to } = await handshake(host, port, options)
    const leftMs = Date.parse(valid_to) - (options.now ?? Date.now)()
    const days = Math.floor(leftMs / DAY_MS)
    if (leftMs < NEAR_END_MS) {
      return warn(
        subject,
        `The certificate of ${host} ends in ${days} days.`,
        'Tell the owner of the instance or proxy.',
      )
    }
    return good(subject, `The certificate of ${host} is trusted for ${days} days more.`)
  } catch (error) {
    const code = codeOf(error) || UNNAMED
    const mend = /CERT|SIGNED|ISSUER|ALTNAME/.test(code)
      ? 'A proxy that opens TLS? Start Node with NODE_EXTRA_CA_CERTS=<its authority>; never switch verification off.'
      : 'Check that port and firewall let this machine out.'
    return bad(subject, `No trusted connection to ${host}:${port} (${code}).`, mend)
  }
}

function handshake(
  host: string,
  port: number,
  { timeoutMs = 10_000, ca }: NetworkOptions,
): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    const options = { host, port, timeout: timeoutMs, ...(isIP(host) === 0 ? { servername: host } : {}) }
    const socket: TLSSocket = connect({ ...options, ...(ca === undefined ? {} : { ca }) }, () => {
      resolve(socket.getPeerCertificate())
      socket.end()
    })
    socket.on('error', reject)
    socket.on('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
  })
}
