/** How many cases a property test of queries runs, and from which seed: `CASES` (500) and `SEED` (drawn, and printed by fast-check on failure). */

const cases = Number(process.env.CASES ?? 500)

export function howMany(): { numRuns: number; seed?: number } {
  const seed = process.env.SEED
  return { numRuns: cases, ...(seed === undefined ? {} : { seed: Number(seed) }) }
}

/** How long a test of so many cases may take, in milliseconds. */
export const patienceMs = 20_000 + 20 * cases

/** Texts that break clients which glue queries: separators, operators, scripts, quotes, wide characters, control characters. */
export const nasty = [
  '^',
  '^^',
  'a^b',
  '^OR',
  '^NQactive=true',
  'x^ORDERBYDESCnumber',
  '^EQ',
  'a,b',
  ',',
  'a@b.example',
  '@',
  "'",
  '"quoted"',
  '`',
  '\\',
  '\\^',
  'javascript:gs.getUserID()',
  ' JavaScript:alert(1)',
  'not javascript: at the start',
  'javascript',
  'line\nbreak',
  'tab\there',
  'carriage\r\nreturn',
  '\u0000',
  '😀',
  '😀^😀',
  '\ud800',
  'e\u0301',
  'ß STRASSE İ',
  '\u2028',
  '%20&sysparm_limit=1',
  '+ plus',
  '#hash',
  '=',
  '=5',
  '<script>',
  'LIKE',
  'STANCEOFtask',
  '_HIERARCHYx',
  'ISEMPTY',
  ' leading',
  'trailing ',
  ' ',
  '',
  'undefined',
  '0',
] as const

/** Control characters and halves of surrogate pairs cannot stand in a query. */
export function isBroken(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()
}

/** An instance runs such a value; only the builder's date helpers may be written. */
export function isScript(text: string): boolean {
  return text.trimStart().toLowerCase().startsWith('javascript:')
}
