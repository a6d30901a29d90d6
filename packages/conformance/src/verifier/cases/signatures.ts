import { type AttackCase, defineCases } from '../attack-case.js'
import type { PartRecipe, SignatureEdit, TokenRecipe } from '../token-recipe.js'

function edited(signature: SignatureEdit): TokenRecipe {
  return { signature }
}

function tampered(payload: PartRecipe): TokenRecipe {
  return { tamper: { payload } }
}

const ANY: readonly AttackCase[] = defineCases(
  {
    group: 'signature',
    level: 'forgery',
    reason: 'RFC 7515 section 5.2 step 8: a signature that does not verify is no signature',
  },
  {
    empty: ['empty', edited({ hex: '' })],
    'one-byte': ['one byte', edited({ hex: '00' })],
    zeros: ['all zero', edited({ fill: 0 })],
    ones: ['all bits set', edited({ fill: 255 })],
    'first-bit': ['first bit flipped', edited({ flipBit: 'first' })],
    'middle-bit': ['a bit in the middle flipped', edited({ flipBit: 'middle' })],
    'last-bit': ['last bit flipped', edited({ flipBit: 'last' })],
    'first-byte-alone': ['cut to its first byte', edited({ keepBytes: 1 })],
    'cut-to-8-bytes': ['cut to 8 bytes', edited({ keepBytes: 8 })],
    'cut-to-16-bytes': ['cut to 16 bytes', edited({ keepBytes: 16 })],
    'last-byte-missing': ['without its last byte', edited({ dropBytes: 1 })],
    'half-missing': ['cut to 31 bytes', edited({ keepBytes: 31 })],
    reversed: ['bytes in reverse', edited({ order: 'reversed' })],
    'halves-swapped': ['halves swapped', edited({ order: 'halves_swapped' })],
    'of-another-token': ['of another token', { text: '<header>.<payload>.<other-signature>' }],
    'other-payload': ['over another payload', { text: '<header>.<other-payload>.<signature>' }],
    'over-header': ['over the header alone', { signedText: '<header>' }],
    'over-payload': ['over the payload alone', { signedText: '<payload>' }],
    'over-payload-first': [
      'over payload and header in the wrong order',
      { signedText: '<payload>.<header>' },
    ],
    'over-nothing': ['over nothing', { signedText: '' }],
    'subject-changed': ['sub changed after signing', tampered({ set: { sub: 'admin' } })],
    'scope-added': ['scope added after signing', tampered({ set: { scope: 'admin' } })],
    'expiry-moved': ['exp moved after signing', tampered({ set: { exp: { $now: 864000 } } })],
    'payload-repeated-member': ['a second sub put in after signing', tampered({ last: '"sub":"admin"' })],
    'header-member-added': ['a header member added after signing', { tamper: { header: { set: { x: 1 } } } }],
    'kid-changed': ['kid changed after signing', { tamper: { header: { set: { kid: 'other' } } } }],
    'payload-of-empty-object': ['payload replaced by {}', tampered({ text: '{}' })],
  },
)

const LENIENT: readonly AttackCase[] = defineCases(
  {
    group: 'signature-form',
    level: 'strictness',
    reason:
      'RFC 7518 section 3: a signature has one form; a second text of one token slips past lists of revoked texts',
  },
  {
    'byte-appended': ['a zero byte behind it', edited({ append: '00' })],
    'byte-prepended': ['a zero byte before it', edited({ prepend: '00' })],
    twice: ['twice in a row', edited({ order: 'twice' })],
    'hex-text': ['its hex text instead of its bytes', edited({ form: 'hex_text' })],
  },
)

const ECDSA: readonly AttackCase[] = defineCases(
  {
    group: 'ecdsa',
    level: 'forgery',
    reason:
      'FIPS 186-5 section 6.4.2 step 1: r and s are between 1 and the order; else a signature fits everything',
    when: { schemes: ['ecdsa'] },
  },
  {
    'psychic-zero': ['r and s are 0 (CVE-2022-21449)', edited({ r: 'zero', s: 'zero' })],
    'psychic-zero-der': ['r and s are 0, as DER', edited({ form: 'der_zero' })],
    'r-zero': ['r is 0', edited({ r: 'zero' })],
    's-zero': ['s is 0', edited({ s: 'zero' })],
    'r-order': ['r is the order', edited({ r: 'order' })],
    's-order': ['s is the order', edited({ s: 'order' })],
    'r-and-s-order': ['r and s are the order', edited({ r: 'order', s: 'order' })],
    'r-above-order': ['r is above the order', edited({ r: 'order_plus_one' })],
    's-above-order': ['s is above the order', edited({ s: 'order_plus_one' })],
    'r-one-s-one': ['r and s are 1', edited({ r: 'one', s: 'one' })],
    'r-one': ['r is 1', edited({ r: 'one' })],
    's-one': ['s is 1', edited({ s: 'one' })],
    'r-zero-s-one': ['r is 0, s is 1', edited({ r: 'zero', s: 'one' })],
    'r-one-s-zero': ['r is 1, s is 0', edited({ r: 'one', s: 'zero' })],
    highest: ['r and s have all bits set', edited({ r: 'highest', s: 'highest' })],
    'der-empty': ['an empty DER sequence', edited({ hex: '3000' })],
    'der-negative': ['DER integers that are negative', edited({ hex: '3006020180020180' })],
    'der-long-length': [
      'a DER sequence that claims more than there is',
      edited({ hex: '3084ffffffff0201010201' }),
    ],
    der: [
      'a genuine signature as DER',
      edited({ form: 'der' }),
      { level: 'strictness', reason: 'RFC 7518 section 3.4: r and s one after the other, not DER' },
    ],
    'wide-halves': [
      'r and s with a zero byte before each',
      edited({ form: 'wide_halves' }),
      { level: 'strictness', reason: 'RFC 7518 section 3.4: r and s have the length of the order' },
    ],
  },
)

const EDDSA: readonly AttackCase[] = defineCases(
  {
    group: 'eddsa',
    level: 'forgery',
    reason: 'RFC 8032 section 5.1.7: S is below the order of the group, and the equation holds',
    when: { schemes: ['eddsa'] },
  },
  {
    identity: ['R is the neutral point, S is 0', edited({ eddsa: 'identity' })],
    's-zero': ['S is 0', edited({ eddsa: 's_zero' })],
    's-order': ['S is the order', edited({ eddsa: 's_is_order' })],
    's-high-bit': ['S with its highest bit', edited({ eddsa: 's_high_bit' })],
    's-plus-order': [
      'S plus the order: a second signature from a genuine one',
      edited({ eddsa: 's_plus_order' }),
      { level: 'strictness' },
    ],
  },
)

const RSA: readonly AttackCase[] = defineCases(
  {
    group: 'rsa',
    level: 'forgery',
    reason: 'RFC 8017 sections 8.1.2 and 8.2.2: as long as the modulus, and below it',
    when: { schemes: ['rsa-pkcs1', 'rsa-pss'] },
  },
  {
    zero: ['the number 0', edited({ rsa: 'zero' })],
    one: ['the number 1', edited({ rsa: 'one' })],
    modulus: ['the modulus', edited({ rsa: 'modulus' })],
    'modulus-minus-one': ['the modulus less 1', edited({ rsa: 'modulus_minus_one' })],
    'plus-modulus': [
      'a genuine signature plus the modulus',
      edited({ rsa: 'plus_modulus' }),
      { level: 'strictness' },
    ],
  },
)

/** Signatures that do not verify, or not in this form. */
export const SIGNATURE_CASES: readonly AttackCase[] = [...ANY, ...LENIENT, ...ECDSA, ...EDDSA, ...RSA]
