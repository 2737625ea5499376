/** How the database of an instance sees two texts as one: without regard to case, accents and spaces at the end. */

/** The text as such a collation compares it. Example: `collate('Élan ')` is `'elan'`. */
export function collate(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').trimEnd().toLowerCase()
}
