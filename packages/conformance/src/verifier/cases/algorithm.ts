import type { Algorithm } from '@authcore/core/jwt'
import { type AttackCase, type AttackRow, defineCases } from '../attack-case.js'
import type { JsonTemplate, PublicKeyForm, TokenRecipe } from '../token-recipe.js'

const ADMIN = { set: { sub: 'admin' } } as const

function unsigned(alg: JsonTemplate): TokenRecipe {
  return { header: { set: { alg } }, payload: ADMIN, signing: { by: 'nobody' } }
}

const NONE: readonly AttackCase[] = defineCases(
  {
    group: 'alg-none',
    level: 'forgery',
    reason: 'RFC 8725 section 3.2: nobody asked for tokens without a signature',
  },
  {
    none: ['alg none, empty signature', unsigned('none')],
    'none-capital': ['alg None', unsigned('None')],
    'none-upper-case': ['alg NONE', unsigned('NONE')],
    'none-mixed-case': ['alg nOnE', unsigned('nOnE')],
    'none-leading-space': ['alg none behind a space', unsigned(' none')],
    'none-trailing-space': ['alg none before a space', unsigned('none ')],
    'none-nul': ['alg none before a NUL', unsigned('none\u0000')],
    'none-list': ['alg as an array that holds none', unsigned(['none'])],
    'none-object': ['alg as an object', unsigned({ name: 'none' })],
    empty: ['alg is the empty text', unsigned('')],
    null: ['alg is null', unsigned(null)],
    false: ['alg is false', unsigned(false)],
    zero: ['alg is 0', unsigned(0)],
    absent: ['no alg', { header: { remove: ['alg'] }, payload: ADMIN, signing: { by: 'nobody' } }],
    'empty-header': ['a header without members', { ...unsigned(''), header: { text: '{}' } }],
    'two-parts': ['alg none, no part for the signature', { ...unsigned('none'), text: '<header>.<payload>' }],
    'made-up-signature': [
      'alg none with bytes for a signature',
      { ...unsigned('none'), signature: { hex: '00' } },
    ],
    'old-signature': [
      'alg none put into a signed token',
      { tamper: { header: { set: { alg: 'none' } }, payload: ADMIN } },
    ],
    'stripped-signature': ['a signed token without its signature', { text: '<header>.<payload>.' }],
    'repeated-none-first': [
      'alg twice, none first, unsigned',
      { ...unsigned('<algorithm>'), header: { first: '"alg":"none"' } },
    ],
    'repeated-none-last': [
      'alg twice, none last, unsigned',
      { ...unsigned('<algorithm>'), header: { last: '"alg":"none"' } },
    ],
  },
)

function underPublicKey(
  publicKey: PublicKeyForm,
  algorithm: 'HS256' | 'HS384' | 'HS512' = 'HS256',
): TokenRecipe {
  return {
    header: { set: { alg: algorithm } },
    payload: ADMIN,
    signing: { by: 'secret', algorithm, secret: { publicKey } },
  }
}

const CONFUSION: readonly AttackCase[] = defineCases(
  {
    group: 'alg-confusion',
    level: 'forgery',
    reason:
      'RFC 8725 sections 2.1 and 3.1: a public key that is taken for an HMAC secret lets everybody sign',
    when: { schemes: ['rsa-pkcs1', 'rsa-pss', 'ecdsa', 'eddsa'] },
  },
  {
    pem: ['HS256 under the PEM text', underPublicKey('pem')],
    'pem-hs384': ['HS384 under the PEM text', underPublicKey('pem', 'HS384')],
    'pem-hs512': ['HS512 under the PEM text', underPublicKey('pem', 'HS512')],
    'pem-trimmed': ['HS256 under the PEM text without its last line break', underPublicKey('pem_trimmed')],
    'pem-crlf': ['HS256 under the PEM text with CRLF', underPublicKey('pem_crlf')],
    'pem-one-line': ['HS256 under the PEM text without line breaks', underPublicKey('pem_one_line')],
    'pem-pkcs1': [
      'HS256 under the PKCS #1 PEM text',
      underPublicKey('pem_pkcs1'),
      { when: { schemes: ['rsa-pkcs1', 'rsa-pss'] } },
    ],
    der: ['HS256 under the DER bytes', underPublicKey('der')],
    'der-base64': ['HS256 under the base64 text of the DER bytes', underPublicKey('der_base64')],
    jwk: ['HS256 under the text of the JWK', underPublicKey('jwk')],
    'jwk-set': ['HS256 under the text of the JWK set', underPublicKey('jwk_set')],
    'jwk-member': ['HS256 under the bytes of the modulus or coordinate', underPublicKey('jwk_member')],
    ssh: ['HS256 under the SSH text', underPublicKey('ssh')],
  },
)

function underSecret(secret: { readonly text: string } | { readonly hex: string }): TokenRecipe {
  return {
    header: { set: { alg: 'HS256' } },
    payload: ADMIN,
    signing: { by: 'secret', algorithm: 'HS256', secret },
  }
}

const GUESSES: readonly AttackCase[] = defineCases(
  {
    group: 'guessed-secret',
    level: 'forgery',
    reason: 'RFC 8725 sections 2.2 and 3.5: an HMAC key that anybody can guess is no key',
  },
  {
    empty: ['HS256 under the empty key', underSecret({ text: '' })],
    zeros: ['HS256 under 32 zero bytes', underSecret({ hex: '00'.repeat(32) })],
    secret: ['HS256 under "secret"', underSecret({ text: 'secret' })],
    example: ['HS256 under "your-256-bit-secret"', underSecret({ text: 'your-256-bit-secret' })],
    undefined: ['HS256 under "undefined"', underSecret({ text: 'undefined' })],
    null: ['HS256 under "null"', underSecret({ text: 'null' })],
    object: ['HS256 under "[object Object]"', underSecret({ text: '[object Object]' })],
    'object-crypto-key': ['HS256 under "[object CryptoKey]"', underSecret({ text: '[object CryptoKey]' })],
    kid: ['HS256 under the kid', underSecret({ text: '<kid>' })],
    issuer: ['HS256 under the issuer', underSecret({ text: '<issuer>' })],
  },
)

/** Renames the algorithm of a signed token. */
function renamed(alg: JsonTemplate): TokenRecipe {
  return { tamper: { header: { set: { alg } } } }
}

const RENAMED: readonly AttackCase[] = defineCases(
  {
    group: 'alg-renamed',
    level: 'forgery',
    reason: 'RFC 7515 section 5.2: the header is part of what is signed',
  },
  {
    hs256: ['alg changed to HS256', renamed('HS256'), { when: { notAlgorithm: 'HS256' } }],
    rs256: ['alg changed to RS256', renamed('RS256'), { when: { notAlgorithm: 'RS256' } }],
    ps256: ['alg changed to PS256', renamed('PS256'), { when: { notAlgorithm: 'PS256' } }],
    es256: ['alg changed to ES256', renamed('ES256'), { when: { notAlgorithm: 'ES256' } }],
    es256k: ['alg changed to ES256K', renamed('ES256K')],
    eddsa: ['alg changed to EdDSA', renamed('EdDSA'), { when: { notAlgorithm: 'EdDSA' } }],
    'constructor-name': ['alg changed to constructor', renamed('constructor')],
    proto: ['alg changed to __proto__', renamed('__proto__')],
    'to-string': ['alg changed to toString', renamed('toString')],
    long: ['alg changed to a long text', renamed({ $long: 4000 })],
  },
)

const SPELLING: readonly AttackCase[] = defineCases(
  {
    group: 'alg-spelling',
    level: 'strictness',
    reason: 'RFC 7515 section 4.1.1: alg is one case-sensitive text of the registry, and there is one of it',
  },
  {
    'leading-space': ['the right alg behind a space', { header: { set: { alg: ' <algorithm>' } } }],
    'trailing-space': ['the right alg before a space', { header: { set: { alg: '<algorithm> ' } } }],
    nul: ['the right alg before a NUL', { header: { set: { alg: '<algorithm>\u0000' } } }],
    list: ['the right alg in an array', { header: { set: { alg: ['<algorithm>'] } } }],
    'upper-case-name': [
      'the right alg under the name ALG',
      { header: { remove: ['alg'], set: { ALG: '<algorithm>' } } },
    ],
    absent: ['no alg, signed all the same', { header: { remove: ['alg'] } }],
    'repeated-none-first': ['alg twice, none first', { header: { first: '"alg":"none"' } }],
    'repeated-none-last': ['alg twice, none last', { header: { last: '"alg":"none"' } }],
    'repeated-same': ['alg twice, the same', { header: { last: '"alg":"<algorithm>"' } }],
  },
)

function sibling(algorithm: Algorithm, schemes: AttackCase['when']['schemes'] & object): AttackRow {
  return [
    `${algorithm} with the same key`,
    { header: { set: { alg: algorithm } }, signing: { by: 'issuer', algorithm } },
    { when: { schemes, notAlgorithm: algorithm } },
  ]
}

/** The header keeps the verifier's algorithm, the signature is another one's. */
function mislabeled(algorithm: Algorithm, schemes: AttackCase['when']['schemes'] & object): AttackRow {
  return [
    `a signature of ${algorithm} under the verifier's algorithm`,
    { signing: { by: 'issuer', algorithm } },
    { when: { schemes, notAlgorithm: algorithm } },
  ]
}

const RSA = ['rsa-pkcs1', 'rsa-pss'] as const

const SIBLINGS: readonly AttackCase[] = defineCases(
  {
    group: 'alg-sibling',
    level: 'strictness',
    reason: 'RFC 8725 section 3.1: each key is used with exactly one algorithm',
  },
  {
    hs256: sibling('HS256', ['hmac']),
    hs384: sibling('HS384', ['hmac']),
    hs512: sibling('HS512', ['hmac']),
    rs256: sibling('RS256', RSA),
    rs384: sibling('RS384', RSA),
    rs512: sibling('RS512', RSA),
    ps256: sibling('PS256', RSA),
    ps384: sibling('PS384', RSA),
    ps512: sibling('PS512', RSA),
    eddsa: sibling('EdDSA', ['eddsa']),
    ed25519: sibling('Ed25519', ['eddsa']),
    'mislabeled-rs256': mislabeled('RS256', RSA),
    'mislabeled-rs512': mislabeled('RS512', RSA),
    'mislabeled-ps256': mislabeled('PS256', RSA),
    'mislabeled-hs256': mislabeled('HS256', ['hmac']),
    'mislabeled-hs512': mislabeled('HS512', ['hmac']),
  },
)

/** What a token says about its own algorithm. */
export const ALGORITHM_CASES: readonly AttackCase[] = [
  ...NONE,
  ...CONFUSION,
  ...GUESSES,
  ...RENAMED,
  ...SPELLING,
  ...SIBLINGS,
]
