const MAX_LENGTH = 4096

/** Visible ASCII without a backslash, which some parsers read as a slash (RFC 3986 section 2). */
const URL_TEXT = /^[!-[\]-~]+$/

/** Scheme and authority without user information, then the path up to query and fragment. */
const TARGET = /^(https?:\/\/[^/?#@]+)([^?#]*)/i

const DOT_SEGMENT = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i

const UNRESERVED = /^[A-Za-z0-9\-._~]$/

/**
 * Brings an HTTP URL to the form in which two of them are compared: without query and fragment, scheme and host in
 * lower case, without the default port, escapes in one spelling (RFC 9449 section 4.3 step 9; RFC 3986 sections
 * 6.2.2 and 6.2.3).
 * @returns `undefined` for what is no such URL, has user information or dot segments: routers differ in what they
 *   make of those, and a proof must not fit a route that its maker did not mean
 */
export function normalizeTarget(url: unknown): string | undefined {
  if (typeof url !== 'string' || url.length > MAX_LENGTH || !URL_TEXT.test(url)) return undefined
  const [, authority, path = ''] = TARGET.exec(url) ?? []
  if (authority === undefined || !URL.canParse(authority) || DOT_SEGMENT.test(path)) return undefined
  const { origin } = new URL(authority)
  return origin + (normalizeEscapes(path) || '/')
}

function normalizeEscapes(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, encoded => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
    return UNRESERVED.test(character) ? character : encoded.toUpperCase()
  })
}
