/** The repository's own source files and what each of them imports, for the tests that keep the house rules. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const skipped = new Set([
  'node_modules',
  'dist',
  '.git',
  'data',
  '.vitest-attachments',
  '__screenshots__',
  'coverage',
])

/** Paths below a folder of the repository, with forward slashes, relative to its root. */
export function* filesBelow(folder: string): Generator<string> {
  for (const name of readdirSync(join(root, folder)).sort()) {
    if (skipped.has(name)) continue
    const path = `${folder}/${name}`
    if (statSync(join(root, path)).isDirectory()) yield* filesBelow(path)
    else yield path
  }
}

/** Folders below a folder, itself included. */
export function* foldersBelow(folder: string): Generator<string> {
  yield folder
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = `${folder}/${name}`
    if (!skipped.has(name) && statSync(join(root, path)).isDirectory()) yield* foldersBelow(path)
  }
}

export interface Import {
  file: string
  /** As written. */
  specifier: string
  /** The file it names when it is relative, relative to the root of the repository; else null. */
  target: string | null
}

/** Every import and re-export of the TypeScript files below a folder, type-only ones included. */
export function importsBelow(folder: string): Import[] {
  return [...filesBelow(folder)]
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true)
      return importedFiles.map(({ fileName: specifier }) => ({
        file,
        specifier,
        target: specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : null,
      }))
    })
}
