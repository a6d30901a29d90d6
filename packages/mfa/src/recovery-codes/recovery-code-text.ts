/** Without I, L, O and U: nothing looks like something else. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const GROUPS = 6
const GROUP_LENGTH = 4

/** 24 characters of 5 bits are 120 bits; what has 112 or more may be hashed without a salt or work. */
export const RECOVERY_CODE_BYTES = 24

/**
 * Writes a recovery code.
 * @param bytes 24 random ones; five bits of each are used
 * @returns six groups of four characters, such as `7K2M-...`
 */
export function toRecoveryCode(bytes: Uint8Array): string {
  const characters = Array.from(bytes, byte => ALPHABET.charAt(byte & 31))
  return Array.from({ length: GROUPS }, (_, group) =>
    characters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-')
}

/**
 * Reads what somebody typed: any case, with or without hyphens and spaces, `O` for `0`, `I` and `L` for `1`.
 * @returns `undefined` for what is no recovery code
 */
export function parseRecoveryCode(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined
  const code = text.replace(/[\s-]/g, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(code) ? code : undefined
}
