import type { Algorithm } from '@authcore/core/jwt'

/**
 * A JSON value as it shall be written. In texts `<issuer>`, `<audience>`, `<kid>` and `<algorithm>` stand for those of
 * the verifier under test. An object with one of these members alone stands for something else:
 *
 * - `$now`: a NumericDate, so many seconds from now
 * - `$past`: the same, but before what clocks that differ excuse
 * - `$future`: the same, but after what clocks that differ excuse
 * - `$raw`: JSON text as it is, such as `1e400`
 * - `$jwk`: a public JWK, of the `issuer` or of an `attacker`
 * - `$nested`: arrays within each other, so many
 * - `$long`: text of so many characters
 */
export type JsonTemplate =
  | null
  | boolean
  | number
  | string
  | readonly JsonTemplate[]
  | { readonly [name: string]: JsonTemplate }

/** How a part is written as text; all but `base64url` are what RFC 7515 section 2 does not know. */
export type PartEncoding =
  | 'base64url'
  | 'padded'
  | 'base64'
  | 'spare_bits'
  | 'spare_character'
  | 'line_break'
  | 'space'
  | 'percent'
  | 'hex'
  | 'twice'

/** How header or payload differ from those of a valid token. */
export interface PartRecipe {
  readonly set?: { readonly [name: string]: JsonTemplate }
  readonly remove?: readonly string[]
  /** Members as JSON text, before all others. */
  readonly first?: string
  /** Members as JSON text, after all others. */
  readonly last?: string
  /** Bytes of a further member's text, in hex. */
  readonly hex?: string
  /** The whole text; `<json>` stands for the object that would be there. */
  readonly text?: string
  readonly charset?: 'utf-8' | 'utf-16le'
  readonly encoding?: PartEncoding
}

/** A form in which a public key is published. */
export type PublicKeyForm =
  | 'pem'
  | 'pem_trimmed'
  | 'pem_crlf'
  | 'pem_one_line'
  | 'pem_pkcs1'
  | 'der'
  | 'der_base64'
  | 'jwk'
  | 'jwk_set'
  | 'jwk_member'
  | 'ssh'

/** The bytes of an HMAC key that an attacker knows. */
export type KnownSecret =
  | { readonly publicKey: PublicKeyForm }
  | { readonly text: string }
  | { readonly hex: string }

/** Who signs, and under which algorithm; that of the verifier under test when left out. */
export type Signing =
  | { readonly by: 'issuer'; readonly algorithm?: Algorithm }
  | { readonly by: 'attacker'; readonly algorithm?: Algorithm }
  | { readonly by: 'secret'; readonly algorithm: 'HS256' | 'HS384' | 'HS512'; readonly secret: KnownSecret }
  | { readonly by: 'nobody' }

/** A change of the bytes of a signature. */
export type SignatureEdit =
  | { readonly hex: string }
  | { readonly flipBit: 'first' | 'middle' | 'last' }
  | { readonly keepBytes: number }
  | { readonly dropBytes: number }
  | { readonly prepend: string }
  | { readonly append: string }
  | { readonly fill: number }
  | { readonly order: 'reversed' | 'halves_swapped' | 'twice' }
  /** Values of `r` and `s` of an ECDSA signature; `n` is the order of the curve. */
  | { readonly r?: ScalarEdit; readonly s?: ScalarEdit }
  /** Another form of the same ECDSA signature, or of one that is all zero. */
  | { readonly form: 'der' | 'der_zero' | 'hex_text' | 'wide_halves' }
  /** Of an Ed25519 signature: `S` plus the order of the group, `S` with the highest bit, `R` alone. */
  | { readonly eddsa: 's_plus_order' | 's_is_order' | 's_high_bit' | 's_zero' | 'identity' }
  /** Of an RSA signature: a number that is no signature, or that is beyond the modulus. */
  | { readonly rsa: 'zero' | 'one' | 'modulus' | 'modulus_minus_one' | 'plus_modulus' }

/** A value in the place of `r` or `s`. */
export type ScalarEdit = 'zero' | 'one' | 'order' | 'order_plus_one' | 'highest'

/** A key that must not be used, in the place of the issuer's. */
export type WeakKey =
  | 'rsa_1024'
  | 'rsa_exponent_3'
  | 'secret_short'
  | 'secret_published'
  | 'secret_is_pem'
  | 'secret_is_jwk'
  | 'secret_is_repeated'
  | 'ed25519_small_order'

/**
 * How a token is made, for any issuer, key, algorithm and time: a valid one, with these differences. The steps are
 * done in the order of the members.
 */
export interface TokenRecipe {
  readonly header?: PartRecipe
  readonly payload?: PartRecipe
  /** The issuer when left out. */
  readonly signing?: Signing
  /** What is signed, with the placeholders of `text`; `<header>.<payload>` when left out. */
  readonly signedText?: string
  readonly signature?: SignatureEdit
  readonly signatureEncoding?: PartEncoding
  /** What is changed in header and payload after they were signed. */
  readonly tamper?: { readonly header?: PartRecipe; readonly payload?: PartRecipe }
  /**
   * The whole token; `<header>.<payload>.<signature>` when left out. `<token>` is that; `<other-header>`,
   * `<other-payload>` and `<other-signature>` are those of another valid token.
   */
  readonly text?: string
  /** Repeats the text above so often. */
  readonly repeat?: number
  /** A verifier is made with this key, and the token is signed with it. */
  readonly weakKey?: WeakKey
}
