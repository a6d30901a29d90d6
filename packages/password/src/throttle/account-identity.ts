import { InvalidRequestError } from '@authcore/core'

const MAX_LENGTH = 320

/** Whose attempts are counted together: the account where there is one, else whatever was typed in. */
export interface AccountIdentity {
  /** The subject of the account, where one was found. */
  readonly subject?: string | undefined
  /** What was typed in as a name. */
  readonly identifier?: string | undefined
}

/**
 * Checks what was typed in as a name.
 * @returns without surrounding white space, in NFKC; upper and lower case as they were
 * @throws InvalidRequestError `argument_invalid`
 */
export function parseIdentifier(identifier: unknown): string {
  if (typeof identifier === 'string' && identifier.length <= MAX_LENGTH) {
    const trimmed = identifier.normalize('NFKC').trim()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (trimmed.length <= MAX_LENGTH && /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]+$/u.test(trimmed))
      return trimmed
  }
  throw new InvalidRequestError('argument_invalid', {
    detail: `identifier must be 1 to ${MAX_LENGTH} characters of text.`,
  })
}

/**
 * One text for one account, whatever the spelling: guesses at `Ada`, `ADA ` and `ａｄａ` share their count, and so do
 * guesses at the several names of one account once it was found.
 */
export function toIdentityKey({ subject, identifier }: AccountIdentity): string {
  if (subject !== undefined) return `subject:${subject}`
  // by way of upper case, so that "ß" and "ss" are one; what nobody sees makes no difference either
  const folded = parseIdentifier(identifier).toUpperCase().toLowerCase().normalize('NFKC')
  return `identifier:${folded.replace(/\p{Default_Ignorable_Code_Point}/gu, '')}`
}
