/** A key and a certificate for this machine that nobody else trusts, made anew: TLS without a file or a tool. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a TLS server needs, as PEM. */
export interface KeyAndCertificate {
  readonly key: string
  readonly cert: string
}

/** Object identifiers, already encoded (X.690 8.19). */
const OID = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
} as const

const TAG = { boolean: 1, integer: 2, bits: 3, octets: 4, text: 12, time: 23, sequence: 48, set: 49 } as const
/** The explicit places of version and extensions in a certificate, and the two kinds of names in it. */
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body])
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

function oid(name: keyof typeof OID): Buffer {
  return Buffer.from(OID[name], 'hex')
}

function nameOf(commonName: string): Buffer {
  const pair = der(TAG.sequence, oid('commonName'), der(TAG.text, Buffer.from(commonName)))
  return der(TAG.sequence, der(TAG.set, pair))
}

/** `YYMMDDHHMMSSZ`, right for the years to 2049. */
function timeOf(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(TAG.time, Buffer.from(text.slice(2)))
}

function extensions(): Buffer {
  const names = der(
    TAG.sequence,
    der(DNS_NAME, Buffer.from('localhost')),
    der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])),
    der(IP_ADDRESS, Buffer.from([...new Array(15).fill(0), 1])),
  )
  const yes = der(TAG.boolean, Buffer.from([255]))
  // Its own issuer: a client that is given the certificate as its root accepts it.
  const authority = der(TAG.sequence, oid('basicConstraints'), yes, der(TAG.octets, der(TAG.sequence, yes)))
  const alternative = der(TAG.sequence, oid('subjectAltName'), der(TAG.octets, names))
  return der(EXTENSIONS, der(TAG.sequence, authority, alternative))
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const DAY_MS = 86_400_000

/**
 * A fresh P-256 key and a certificate for `localhost`, `127.0.0.1` and `::1`, right from a day before `nowMs` and for
 * 30 days after it.
 *
 * @example const { key, cert } = selfSigned(Date.now()) // give `cert` to a client as its `ca`
 */
export function selfSigned(nowMs: number): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(TAG.sequence, oid('ecdsaWithSha256'))
  const name = nameOf('localhost')
  const serial = randomBytes(16)
  // A serial number is positive and has no superfluous zero in front.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const content = der(
    TAG.sequence,
    der(VERSION, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    algorithm,
    name,
    der(TAG.sequence, timeOf(nowMs - DAY_MS), timeOf(nowMs + 30 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(),
  )
  const signature = der(TAG.bits, Buffer.from([0]), sign('sha256', content, privateKey))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(der(TAG.sequence, content, algorithm, signature)),
  }
}
