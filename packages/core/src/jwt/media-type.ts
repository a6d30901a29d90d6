/**
 * Compares two values of `typ`: letters of either case, and `application/` may be left out when no other slash
 * follows (RFC 7515 section 4.1.9).
 */
export function isSameMediaType(left: string, right: string): boolean {
  return normalize(left) === normalize(right)
}

function normalize(type: string): string {
  const lower = type.toLowerCase()
  const subtype = lower.startsWith('application/') ? lower.slice('application/'.length) : lower
  return subtype.includes('/') ? lower : subtype
}
