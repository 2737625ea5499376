/** One line of CSV (RFC 4180) that no spreadsheet takes for a formula. Pure. */

/**
 * A cell that begins like a formula gets an apostrophe, which spreadsheets show as text.
 *
 * @example csvLine(['=1+1', 'a,b', 'c'])  // '\'=1+1,"a,b",c\r\n'
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
