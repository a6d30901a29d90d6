import { InvalidRequestError } from '@authcore/core'

/** Longer addresses do not fit into the cookie of a sign-in. */
const MAX_LENGTH = 512

/** Either a path, or a whole URL; browsers read a backslash as a slash, and skip tabs and line breaks. */
const RETURN_TO = /^(?:https?:\/\/|\/(?!\/))[\x21-\x5b\x5d-\x7e]*$/

/**
 * Checks where to go after a sign-in (RFC 9700 section 4.11: no open redirector).
 * @param value a path, which stands for one of the first origin, or a URL of an allowed origin; at most 512 characters
 * @param origins that may be returned to
 * @returns the whole URL as browsers will read it
 * @throws InvalidRequestError `return_to_refused`
 */
export function parseReturnTo(value: unknown, origins: readonly string[]): string {
  const [base = ''] = origins
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !RETURN_TO.test(value)) throw refuse()
  if (!URL.canParse(value, base)) throw refuse()
  const { href, origin, username, password } = new URL(value, base)
  if (!origins.includes(origin) || username !== '' || password !== '') throw refuse()
  return href
}

function refuse(): InvalidRequestError {
  return new InvalidRequestError('return_to_refused')
}
