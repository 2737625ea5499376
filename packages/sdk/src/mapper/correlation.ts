/** The stable key under which an incident made from a ticket is found again (`correlation_id`). */
import { MappingError } from '../base/errors.ts'

/** `correlation_id` holds 100 characters out of the box; a longer key would be cut in silence and never be found again. */
export const maxCorrelationLength = 100

export interface CorrelationParts {
  /** Made once for an installation and kept. Default `copilot`. */
  installationId?: string
  ticketId: string | number
  /** Counts how often the ticket was linked anew. Default 1. */
  generation?: string | number
}

/**
 * `<installation id>:<ticket id>:<link generation>`. Throws MappingError when it would be longer than 100 characters, when the ticket has
 * no id, when the installation id holds a colon, and when the generation is not a whole number of at least 0.
 * Example: `correlationKey({ ticketId: 42 })` is `'copilot:42:1'`.
 */
export function correlationKey({
  installationId = 'copilot',
  ticketId,
  generation,
}: CorrelationParts): string {
  const id = String(ticketId)
  if (id === '')
    throw fault('The ticket has no id, so that no stable key can be made.', 'Give the ticket its id.')
  if (installationId === '' || installationId.includes(':')) {
    throw fault('The installation id must be a text without a colon.', 'Use letters, digits and dashes.')
  }
  if (generation !== undefined && !/^\d+$/.test(String(generation))) {
    throw fault('The link generation must be a whole number of at least 0.', 'Count from 1.')
  }
  const key = `${installationId}:${id}:${generation ?? 1}`
  if (key.length <= maxCorrelationLength) return key
  throw fault(
    `The key of the ticket is ${key.length} characters long; correlation_id holds ${maxCorrelationLength}.`,
    'Use a shorter installation id, or shorter ticket ids.',
  )
}

function fault(message: string, hint: string): MappingError {
  return new MappingError(message, { table: 'incident', field: 'correlation_id', kind: 'key' }, { hint })
}
