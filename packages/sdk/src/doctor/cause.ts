/** What lies behind a call that got no answer: the code of the network below it. */
import { isSnowlineError } from '../base/errors.ts'

/** What an error says, with the innermost code below it, or its innermost words: `No connection could be made (ECONNREFUSED).` */
export function messageOf(error: Error): string {
  if (!isSnowlineError(error)) return error.message
  const chain = causesOf(error).reverse()
  const code = chain.map(codeOf).find((each) => each !== '')
  // Other texts may quote a header, and with it a secret; plain words do not.
  const { message: words = '' } = chain[0] ?? {}
  const told = code ?? (/^[a-z]+( [a-z]+){0,5}$/.test(words) ? words : '')
  return told === '' ? error.message : `${error.message.replace(/\.$/, '')} (${told}).`
}

/** What caused an error, outermost first; the first member of an AggregateError (one per address tried) counts as its cause. */
function causesOf(error: Error): Error[] {
  const chain: Error[] = []
  let current: unknown = error.cause
  while (current instanceof Error && chain.length < 10) {
    chain.push(current)
    current = current.cause ?? (current instanceof AggregateError ? current.errors[0] : undefined)
  }
  return chain
}

/** The code of an error of Node or its fetch, for example `ENOTFOUND`; `''` for none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return ''
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code) ? error.code : ''
}
