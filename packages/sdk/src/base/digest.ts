/** SHA-256 from the runtime, reached without an import of `node:crypto`, and sums of digests modulo 2^256. */

type NodeCrypto = { hash(algorithm: string, data: string, encoding: 'hex'): string }

let crypto: NodeCrypto | undefined

function nodeCrypto(): NodeCrypto {
  crypto ??= process.getBuiltinModule('node:crypto')
  return crypto
}

/** SHA-256 of the UTF-8 text, 64 hexadecimal characters. */
export function sha256(text: string): string {
  return nodeCrypto().hash('sha256', text, 'hex')
}

const MODULUS = 1n << 256n

/** A sum of digests that may also be taken back: order-free, so sealing a version costs what changed and not what exists. */
export class DigestSum {
  private value: bigint

  constructor(hex: string) {
    this.value = BigInt(`0x${hex}`)
  }

  add(hex: string): void {
    this.value = (this.value + BigInt(`0x${hex}`)) % MODULUS
  }

  subtract(hex: string): void {
    this.value = (this.value - BigInt(`0x${hex}`) + MODULUS) % MODULUS
  }

  /** 64 hexadecimal characters. */
  toHex(): string {
    return this.value.toString(16).padStart(64, '0')
  }
}
