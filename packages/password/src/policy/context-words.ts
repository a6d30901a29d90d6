import { toCanonicalText } from './canonical-text.js'

const LEAST_LENGTH = 3
const MAX_WORDS = 64
const MAX_LENGTH = 320

/**
 * What a guesser who knows the service and the person tries first: the words as a whole and their parts, with
 * nothing but letters and digits. An e-mail address gives its local part and the names of its domain.
 * @param words names, addresses; what is no text, or very long, is passed over
 */
export function toContextWords(words: readonly unknown[]): ReadonlySet<string> {
  const texts = words.slice(0, MAX_WORDS).filter(isShortText).map(toCanonicalText)
  const parts = texts.flatMap(text => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).map(toLettersAndDigits)
  return new Set(parts.filter(part => part.length >= LEAST_LENGTH))
}

/**
 * True when the whole password is made of those words, and of digits and signs. The whole is compared, not what it
 * contains (NIST SP 800-63B-4 section 3.1.1.2): a name inside of a long phrase does no harm.
 * @param text the password in canonical form
 */
export function isMadeOfContext(text: string, words: ReadonlySet<string>): boolean {
  const rest = toLettersAndDigits(text)
  // reached[i]: how far a row of words and digits leads; -1 not at all, else the number of words so far, up to 1
  const reached = new Array<number>(rest.length + 1).fill(-1)
  reached[0] = 0
  for (let index = 0; index < rest.length; index += 1) {
    const soFar = reached[index] ?? -1
    if (soFar < 0) continue
    if (/[0-9]/.test(rest.charAt(index))) reached[index + 1] = Math.max(reached[index + 1] ?? -1, soFar)
    for (const word of words) if (rest.startsWith(word, index)) reached[index + word.length] = 1
  }
  return rest.length > 0 && reached[rest.length] === 1
}

function isShortText(word: unknown): word is string {
  return typeof word === 'string' && word.length <= MAX_LENGTH
}

function toLettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '')
}
