/** Passwords at rest: argon2id where Node has it, else scrypt; the algorithm and its cost stand in the hash. */
import * as crypto from 'node:crypto'
import { promisify } from 'node:util'

const SALT_BYTES = 16
const HASH_BYTES = 32
/** The first recommendation of OWASP for argon2id: 19 MiB, two passes, one lane. */
const argonCost = { memory: 19_456, passes: 2, parallelism: 1 }
/** 16 MiB, eight-byte blocks: the scrypt cost of similar weight that stays under Node's default memory limit. */
const scryptCost = { N: 16_384, r: 8, p: 1 }

type Scrypt = (
  password: string,
  salt: Buffer,
  length: number,
  options: crypto.ScryptOptions,
) => Promise<Buffer>
const scrypt: Scrypt = promisify(crypto.scrypt)

const hasArgon2 = 'argon2' in crypto

/**
 * A hash that names its algorithm.
 *
 * @example await hashPassword('correct horse')  // 'argon2id$m=19456,t=2,p=1$<salt>$<hash>'
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES)
  const { memory, passes, parallelism } = argonCost
  const [name, hash] = hasArgon2
    ? [`argon2id$m=${memory},t=${passes},p=${parallelism}`, await argon2id(password, salt, argonCost)]
    : [
        `scrypt$N=${scryptCost.N},r=${scryptCost.r},p=${scryptCost.p}`,
        await scrypt(password, salt, HASH_BYTES, scryptCost),
      ]
  return `${name}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/** True when the password is the one of this hash. A hash this Node cannot compute, or no hash, is never matched. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [name, cost, salt, expected] = stored.split('$')
  if (!name || !cost || !salt || !expected) return false
  const numbers = Object.fromEntries(cost.split(',').map((part) => part.split('=')))
  const saltBytes = Buffer.from(salt, 'base64url')
  const wanted = Buffer.from(expected, 'base64url')
  const computed = await compute(name, password, saltBytes, numbers)
  return computed !== null && computed.length === wanted.length && crypto.timingSafeEqual(computed, wanted)
}

async function compute(
  name: string,
  password: string,
  salt: Buffer,
  cost: Readonly<Record<string, string | undefined>>,
): Promise<Buffer | null> {
  if (name === 'scrypt') {
    return scrypt(password, salt, HASH_BYTES, { N: Number(cost.N), r: Number(cost.r), p: Number(cost.p) })
  }
  if (name !== 'argon2id' || !hasArgon2) return null
  const [memory, passes, parallelism] = [Number(cost.m), Number(cost.t), Number(cost.p)]
  return argon2id(password, salt, { memory, passes, parallelism })
}

function argon2id(password: string, nonce: Buffer, cost: typeof argonCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    crypto.argon2('argon2id', { message: password, nonce, tagLength: HASH_BYTES, ...cost }, (error, hash) =>
      error ? reject(error) : resolve(Buffer.from(hash)),
    )
  })
}
