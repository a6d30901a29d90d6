/** Header fields by lower-case name, as adapters hand them over. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** How many sign-ins one browser can have under way, in several tabs. */
const SLOTS = ['0', '1', '2', '3', '4']
const MAX_HEADER = 16_384

/** The first slot that the browser has no sign-in in; where all are in use the first one gives way. */
export function findFreeSlot(headers: RequestHeaders): string {
  const names = new Set(readCookies(headers).map(([name]) => name))
  return SLOTS.find(slot => !names.has(cookieName(slot))) ?? '0'
}

/** True for a slot that this package has named. */
export function isSlot(slot: string): boolean {
  return SLOTS.includes(slot)
}

/** The sealed sign-in of a slot; `undefined` also when there are two, one of which somebody has planted. */
export function findStateCookie(headers: RequestHeaders, slot: string): string | undefined {
  const [cookie, second] = readCookies(headers).filter(([name]) => name === cookieName(slot))
  return second === undefined ? cookie?.[1] : undefined
}

/**
 * `SameSite=Lax` lets it come along when the provider's page leads back by a link; an answer by form needs `None`, and
 * what it holds is good for that one answer only.
 */
export function setStateCookie(
  slot: string,
  value: string,
  { maxAgeSeconds, isCrossSite }: { readonly maxAgeSeconds: number; readonly isCrossSite: boolean },
): string {
  return `${cookieName(slot)}=${value}; Max-Age=${maxAgeSeconds}; ${attributes(isCrossSite)}`
}

/** Takes the cookie away: the sign-in is over. */
export function clearStateCookie(slot: string, isCrossSite: boolean): string {
  return `${cookieName(slot)}=; Max-Age=0; ${attributes(isCrossSite)}`
}

function attributes(isCrossSite: boolean): string {
  return `Path=/; Secure; HttpOnly; SameSite=${isCrossSite ? 'None' : 'Lax'}`
}

/** The prefix makes browsers refuse such a cookie from any other host (RFC 6265bis section 4.1.3.2). */
function cookieName(slot: string): string {
  return `__Host-sign-in-${slot}`
}

function readCookies(headers: RequestHeaders): readonly (readonly [string, string])[] {
  const field = Object.hasOwn(headers, 'cookie') ? headers['cookie'] : undefined
  const values: readonly unknown[] = Array.isArray(field) ? field : [field]
  const text = values.filter(value => typeof value === 'string').join(';')
  if (text.length > MAX_HEADER) return []
  return text.split(';').flatMap(pair => {
    const separator = pair.indexOf('=')
    return separator > 0 ? [[pair.slice(0, separator).trim(), pair.slice(separator + 1).trim()] as const] : []
  })
}
