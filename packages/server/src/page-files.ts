/** The files of our pages and of the widget, read once: what is not in this list is not served. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  body: Uint8Array<ArrayBuffer>
  type: string
  etag: string
}

export interface PageFiles {
  /** A page by its name without `.html`: `servicenow`. */
  page(name: string): PageFile | null
  /** A style, script or picture of a page by its file name. */
  asset(name: string): PageFile | null
  /** A file of the widget's build; null when it is not built. */
  widget(name: string): PageFile | null
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}

/** `dist/pages` beside the build, `src/pages` beside the source. */
const folder = join(dirname(fileURLToPath(import.meta.url)), 'pages')

/** @param basePath stands for `{{BASE}}` in pages */
export function loadPageFiles(basePath: string): PageFiles {
  const files = new Map<string, PageFile>()
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const bytes = readFileSync(join(folder, name))
    const text = name.endsWith('.html') ? bytes.toString('utf8').replaceAll('{{BASE}}', basePath) : null
    files.set(name, pageFile(text === null ? bytes : Buffer.from(text, 'utf8'), type))
  }
  const widgetFiles = loadWidget()
  return {
    page: (name) => files.get(`${name}.html`) ?? null,
    asset: (name) => (name.endsWith('.html') ? null : (files.get(name) ?? null)),
    widget: (name) => widgetFiles.get(name) ?? null,
  }
}

function pageFile(bytes: Buffer, type: string): PageFile {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
  return { body: Uint8Array.from(bytes), type, etag }
}

/** The widget's scripts: the incidents alone, every element, and what the latter loads for the administration's. */
const bundles = {
  'snowline.js': '@snowline/widget/cdn',
  'snowline-all.js': '@snowline/widget/cdn-all',
  'snowline-admin.js': '@snowline/widget/cdn-admin',
}

function loadWidget(): Map<string, PageFile> {
  const files = new Map<string, PageFile>()
  const require = createRequire(import.meta.url)
  for (const [name, entry] of Object.entries(bundles)) {
    try {
      files.set(name, pageFile(readFileSync(require.resolve(entry)), types['.js'] ?? ''))
    } catch {
      // Not built yet: the page says that the widget is missing, the API works.
    }
  }
  return files
}
