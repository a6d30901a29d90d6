/** What differs from one walk to the next at the same time, and nothing else. */
const RANDOM: readonly (readonly [RegExp, string])[] = [
  // JWTs, refresh tokens and API keys, shortened
  [/\b(eyJ|rt_|pl_|dv_|pr_|sk_live_)[\w-]{4,9}…[\w-]{4}/g, '$1…'],
  [/\buser_[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, 'user_…'],
  [/\bwalker-[\da-f]{8}@/g, 'walker-…@'],
  // ids of sessions and API keys; those of signing keys, and their moduli
  [/"[\w-]{22}"/g, '"…"'],
  [/("(?:id|factor_id|session_id|api_key_id|lineage_id|successor_id|kid|n)": ?)"[\w…-]{8,}"/g, '$1"…"'],
  [/(\/auth\/api-keys\/)[\w-]{16,}/g, '$1…'],
  [/\b(127\.0\.0\.1|localhost):\d{5}\b/g, '$1:…'],
]

/** Masks what is random in a line of a transcript. */
export function maskRandom(line: string): string {
  return RANDOM.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line)
}
