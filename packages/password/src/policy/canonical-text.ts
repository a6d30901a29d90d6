/** One form for the spellings that a guesser tries together: NFKC and lower case. */
export function toCanonicalText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}
