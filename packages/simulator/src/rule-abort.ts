/** What a write throws that a business rule has aborted. */

/** Thrown when a business rule aborts a write; the API answers 403 with these words (servicenow.md 1.5). */
export class RuleAbortError extends Error {
  override readonly name = 'RuleAbortError'

  constructor(table: string, rule: string, ruleId: string) {
    super(
      `Operation against file '${table}' was aborted by Business Rule '${rule}^${ruleId}'. Business Rule Stack:${rule}`,
    )
  }
}
