import { InvalidRequestError } from '@authcore/core'

const MAX_CHARACTERS = 1024
const MAX_BYTES = 4096

/**
 * Brings a password to the one form that is hashed: NFKC (NIST SP 800-63B-4 section 3.1.1.2). Keyboards compose
 * letters differently, and input methods type the same key in full or half width: with NFC alone the same person
 * would be locked out on another device.
 * @returns the normalised text; nothing is cut off
 * @throws InvalidRequestError `password_malformed`, `password_too_long`
 */
export function normalizePassword(password: unknown): string {
  if (typeof password === 'string' && password.length > MAX_CHARACTERS) throw tooLong()
  // half a surrogate pair would be hashed as the same character as any other half
  if (typeof password !== 'string' || password === '' || /\p{Surrogate}/u.test(password)) {
    throw new InvalidRequestError('password_malformed', {
      detail: 'The password must be text and not empty.',
    })
  }
  const normalized = password.normalize('NFKC')
  // one character can become eighteen
  if (toUtf8(normalized).length > MAX_BYTES) throw tooLong()
  return normalized
}

/** The texts that a stored hash may have been made of: other systems hashed what was typed, as it was. */
export function passwordCandidates(password: unknown): readonly [string, ...string[]] {
  const normalized = normalizePassword(password)
  return typeof password === 'string' && password !== normalized ? [normalized, password] : [normalized]
}

/** UTF-8 of a text. */
export function toUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function tooLong(): InvalidRequestError {
  return new InvalidRequestError('password_too_long', {
    detail: `The password must have at most ${MAX_CHARACTERS} characters.`,
  })
}
