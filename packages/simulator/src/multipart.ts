/** Reads a `multipart/form-data` body as it comes: small fields first, then one file whose bytes are passed on and never gathered. */

/** A form: the fields before the file, and the file. What follows the file is not read (servicenow.md 6: the file comes last). */
export interface Form {
  readonly fields: Readonly<Record<string, string>>
  readonly file:
    | { readonly name: string; readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> }
    | undefined
}

/** A field longer than this is no field of an upload. */
const LONGEST_FIELD = 65_536

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The boundary of a content type; `undefined` when it is no form. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /^multipart\/form-data\s*;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  return match?.[1] ?? match?.[2]
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const [first = 0] = wanted
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++
    if (same === wanted.length) return at
  }
  return -1
}

/** A body that is read from delimiter to delimiter. */
class Tape {
  private readonly source: AsyncIterator<Uint8Array>
  private held: Uint8Array = new Uint8Array(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.source.next()
    if (done) return false
    const joined = new Uint8Array(this.held.length + value.length)
    joined.set(this.held)
    joined.set(value, this.held.length)
    this.held = joined
    return true
  }

  /** The bytes before a delimiter, as they come; the delimiter is skipped. Throws `TypeError` when the body ends before it. */
  async *until(delimiter: Uint8Array): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = indexOf(this.held, delimiter)
      if (at >= 0) {
        if (at > 0) yield this.held.subarray(0, at)
        this.held = this.held.subarray(at + delimiter.length)
        return
      }
      // The end of what is here may be the beginning of the delimiter.
      const sure = this.held.length - delimiter.length + 1
      if (sure > 0) {
        yield this.held.subarray(0, sure)
        this.held = this.held.subarray(sure)
      }
      if (!(await this.more())) throw new TypeError('The form ends before its boundary')
    }
  }

  async text(delimiter: Uint8Array): Promise<string> {
    let text = ''
    for await (const part of this.until(delimiter)) {
      text += decoder.decode(part, { stream: true })
      if (text.length > LONGEST_FIELD) throw new TypeError('A field of the form is too long')
    }
    return text + decoder.decode()
  }
}

function headersOf(text: string): Headers {
  const headers = new Headers()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim(), encodeURIComponent(line.slice(colon + 1).trim()))
  }
  return headers
}

function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`[; ]${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(disposition)
  return match?.[1]?.replace(/\\(.)/g, '$1').replace(/%22/g, '"')
}

/**
 * Reads a form up to its first file. Throws `TypeError` for a body that is no form: a boundary that never comes, a
 * field without end.
 */
export async function readForm(body: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> {
  const tape = new Tape(body)
  const line = encoder.encode('\r\n')
  const end = encoder.encode(`\r\n--${boundary}`)
  const fields: Record<string, string> = {}
  await tape.text(encoder.encode(`--${boundary}`))
  // The rest of a boundary's line is empty, or `--` behind the last part.
  while ((await tape.text(line).catch(() => '--')) === '') {
    const headers = headersOf(await tape.text(encoder.encode('\r\n\r\n')))
    const disposition = decodeURIComponent(headers.get('content-disposition') ?? '')
    const fileName = parameter(disposition, 'filename')
    if (fileName !== undefined) {
      const contentType = decodeURIComponent(headers.get('content-type') ?? '') || 'application/octet-stream'
      return { fields, file: { name: fileName, contentType, bytes: tape.until(end) } }
    }
    fields[parameter(disposition, 'name') ?? ''] = await tape.text(end)
  }
  return { fields, file: undefined }
}
