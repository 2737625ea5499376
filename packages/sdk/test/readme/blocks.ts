/** Takes the code blocks out of a Markdown text, checks their types as a reader's compiler would, and runs them. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import ts from 'typescript'

export const packageFolder = fileURLToPath(new URL('../../', import.meta.url))

export interface Block {
  language: string
  code: string
  /** The last heading above it. */
  heading: string
  /** Where its first line stands in the text, counted from 1. */
  line: number
}

/** Every fenced block, in order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let heading = ''
  let open: { language: string; line: number; lines: string[] } | null = null
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\w*)$/.exec(line)
    if (fence === null) {
      if (open !== null) open.lines.push(line)
      else heading = /^#+ (.*)/.exec(line)?.[1] ?? heading
    } else if (open === null) {
      open = { language: fence[1] ?? '', line: index + 2, lines: [] }
    } else {
      blocks.push({ language: open.language, code: open.lines.join('\n'), heading, line: open.line })
      open = null
    }
  }
  return blocks
}

/** Names that a block may use without declaring them: their types, as text. */
export type Surroundings = Readonly<Record<string, string>>

/** The names of the surroundings that a block uses and does not declare itself. */
export function usedOf(code: string, surroundings: Surroundings): string[] {
  return Object.keys(surroundings).filter((name) => {
    const declared = new RegExp(`\\b(?:const|let|function) ${name}\\b|\\bas const ${name}\\b`).test(code)
    return !declared && new RegExp(`(?<![\\w.'])${name}\\b(?!:)`).test(code)
  })
}

/**
 * What the compiler says about the blocks, each a module of its own within the package; empty when it is content. `beside` holds files that
 * they may import, by name.
 */
export function typeFaults(
  blocks: readonly Block[],
  surroundings: Surroundings,
  beside: Readonly<Record<string, string>> = {},
): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['@snowline/source'],
    allowImportingTsExtensions: true,
    lib: ['lib.esnext.d.ts'],
    types: ['node'],
    typeRoots: [join(packageFolder, '../../node_modules/@types')],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  }
  const sources = new Map<string, string>(
    blocks.map((block, index) => {
      const given = usedOf(block.code, surroundings).map(
        (name) => `declare const ${name}: ${surroundings[name]}`,
      )
      // One line before the block, so that the lines of a fault can be counted.
      return [
        join(packageFolder, `readme-${index}.ts`),
        `${given.join(';')}; export {}\n${block.code}`,
      ] as const
    }),
  )
  const files = [...sources.keys()]
  for (const [name, text] of Object.entries(beside)) sources.set(join(packageFolder, name), text)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => sources.has(file) || fileExists(file)
  host.readFile = (file) => sources.get(file) ?? readFile(file)
  host.getSourceFile = (file, ...rest) => {
    const text = sources.get(file)
    return text === undefined
      ? getSourceFile(file, ...rest)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2023)
  }
  const program = ts.createProgram(files, options, host)
  return files.flatMap((file, index) => {
    const source = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map((each) => {
      const at = source?.getLineAndCharacterOfPosition(each.start ?? 0).line ?? 0
      const line = (blocks[index]?.line ?? 0) + at - 1
      return `README.md:${line}: ${ts.flattenDiagnosticMessageText(each.messageText, ' ')}`
    })
  })
}

const expectation = /^(?<before>.*)console\.log\((?<shown>.*)\) \/\/ (?<wanted>.*)$/

export interface Printed {
  line: number
  wanted: string
  /** Each time the line ran. */
  shown: string[]
}

/** Runs a block as an async function. Lines `console.log(x) // y` are compared by the caller: what they printed comes back. */
export async function runBlock(
  block: Block,
  given: Readonly<Record<string, unknown>>,
  load: (specifier: string) => unknown,
): Promise<Printed[]> {
  const printed: Printed[] = []
  const lines = block.code.split('\n').map((line, index) => {
    const { before = '', shown = '', wanted = '' } = expectation.exec(line)?.groups ?? {}
    if (wanted === '') return line
    const at = printed.push({ line: block.line + index, wanted, shown: [] }) - 1
    return `${before}console.expect(${at}, ${shown})`
  })
  const { outputText } = ts.transpileModule(lines.join('\n'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  })
  const console = {
    log: () => undefined,
    table: () => undefined,
    expect: (at: number, ...values: unknown[]) => printed[at]?.shown.push(values.map(show).join(' ')),
  }
  const scope = { ...given, console, require: load, exports: {} }
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor
  await new AsyncFunction(...Object.keys(scope), outputText)(...Object.values(scope))
  return printed
}

function show(value: unknown): string {
  return typeof value === 'string'
    ? value
    : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 6 })
}

/** The entry files of the package by the name a user imports them under. */
export function entriesOf(manifest: unknown): Map<string, string> {
  const { name, exports } = manifest as { name: string; exports: Record<string, Record<string, string>> }
  return new Map(
    Object.entries(exports).flatMap(([subpath, conditions]) => {
      const source = conditions['@snowline/source']
      return source === undefined ? [] : [[name + subpath.slice(1), join(packageFolder, source)] as const]
    }),
  )
}
