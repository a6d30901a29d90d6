/** `scope-token` of RFC 6749 section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Tells whether a text is one scope: no space, no quote, no backslash, nothing outside of ASCII. */
export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value)
}

/**
 * Splits the `scope` parameter of RFC 6749 section 3.3: scopes between single spaces.
 * @returns each scope once, or `undefined` for other syntax
 */
export function parseScopeText(text: string): readonly string[] | undefined {
  if (text === '') return []
  const tokens = text.split(' ')
  return tokens.every(isScopeToken) ? [...new Set(tokens)] : undefined
}
