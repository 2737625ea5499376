/** The page of a served instance: its files, each read once, and the rules under which a browser may run them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A file as it is sent. */
export interface PageAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Path to file; the folder `page` lies beside the source and beside the build. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/__sim/page/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/__sim/page/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/__sim/page/records.js': ['records.js', 'text/javascript; charset=utf-8'],
  '/__sim/page/requests.js': ['requests.js', 'text/javascript; charset=utf-8'],
  '/__sim/page/faults.js': ['faults.js', 'text/javascript; charset=utf-8'],
  '/__sim/page/door.js': ['door.js', 'text/javascript; charset=utf-8'],
  '/__sim/page/mark.svg': ['mark.svg', 'image/svg+xml'],
}

const SAFE = {
  'Content-Security-Policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
}

const read = new Map<string, PageAnswer>()

/**
 * The page or one of its files for a GET of a path; `undefined` for every other request, which is the instance's own.
 *
 * @example pageFor('GET', '/') // headers with a Content-Security-Policy, and the HTML
 */
export function pageFor(method: string | undefined, path: string): PageAnswer | undefined {
  const file = method === 'GET' ? FILES[path] : undefined
  if (!file) return undefined
  const known = read.get(path)
  if (known) return known
  const body = readFileSync(fileURLToPath(new URL(`./page/${file[0]}`, import.meta.url)))
  const answer = { headers: { ...SAFE, 'Content-Type': file[1] }, body }
  read.set(path, answer)
  return answer
}
