import { type AttackCase, defineCases } from '../attack-case.js'
import type { JsonTemplate, PartRecipe, Signing, TokenRecipe } from '../token-recipe.js'

const ATTACKER: Signing = { by: 'attacker' }
const ADMIN: PartRecipe = { set: { sub: 'admin' } }

function byAttacker(set: { readonly [name: string]: JsonTemplate }): TokenRecipe {
  return { header: { set }, payload: ADMIN, signing: ATTACKER }
}

const FOREIGN: readonly AttackCase[] = defineCases(
  {
    group: 'foreign-key',
    level: 'forgery',
    reason: "RFC 7515 section 5.2: the key is the issuer's, whatever the token says",
    recipe: { payload: ADMIN, signing: ATTACKER },
  },
  {
    'right-kid': ['another key under the right kid', {}],
    'other-kid': ['another key under its own kid', { header: { set: { kid: 'attacker' } } }],
    'no-kid': ['another key without a kid', { header: { remove: ['kid'] } }],
    'es256-right-kid': [
      'another ES256 key under the right kid',
      { header: { set: { alg: 'ES256' } }, signing: { by: 'attacker', algorithm: 'ES256' } },
    ],
    'rs256-right-kid': [
      'another RS256 key under the right kid',
      { header: { set: { alg: 'RS256' } }, signing: { by: 'attacker', algorithm: 'RS256' } },
    ],
    'hs256-right-kid': [
      'another HS256 key under the right kid',
      { header: { set: { alg: 'HS256' } }, signing: { by: 'attacker', algorithm: 'HS256' } },
    ],
    'repeated-kid': ['another key, kid twice', { header: { last: '"kid":"attacker"' } }],
  },
)

const EMBEDDED: readonly AttackCase[] = defineCases(
  {
    group: 'embedded-key',
    level: 'forgery',
    reason:
      'RFC 8725 section 3.10, RFC 7515 section 10.3: a key that comes with the token vouches for nothing',
  },
  {
    jwk: ['jwk holds the key that signed', byAttacker({ jwk: { $jwk: 'attacker' } })],
    'jwk-no-kid': [
      'jwk holds the key that signed, no kid',
      { header: { remove: ['kid'], set: { jwk: { $jwk: 'attacker' } } }, payload: ADMIN, signing: ATTACKER },
    ],
    'jwk-as-text': ['jwk as text', byAttacker({ jwk: '{"kty":"oct","k":"AAAA"}' })],
    'jwk-null': ['jwk is null', byAttacker({ jwk: null })],
    'jwk-oct': [
      'jwk holds the secret that signed',
      {
        header: { set: { alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } } },
        payload: ADMIN,
        signing: { by: 'secret', algorithm: 'HS256', secret: { text: 'secret' } },
      },
    ],
    'jwk-set': ['jwks holds the key that signed', byAttacker({ jwks: { keys: [{ $jwk: 'attacker' }] } })],
    jku: ['jku names a key set of the attacker', byAttacker({ jku: 'https://attacker.example/jwks.json' })],
    'jku-user-part': [
      "jku that looks like the issuer's",
      byAttacker({ jku: '<issuer>@attacker.example/jwks.json' }),
    ],
    'jku-internal': [
      'jku names an internal address',
      byAttacker({ jku: 'http://169.254.169.254/latest/meta-data' }),
    ],
    'jku-file': ['jku names a file', byAttacker({ jku: 'file:///etc/passwd' })],
    x5u: [
      'x5u names a certificate of the attacker',
      byAttacker({ x5u: 'https://attacker.example/cert.pem' }),
    ],
    x5c: ['x5c holds a certificate', byAttacker({ x5c: ['MIIBszCCAVmgAwIBAgIUAAAA'] })],
    'x5c-text': ['x5c as text', byAttacker({ x5c: 'MIIBszCCAVmgAwIBAgIUAAAA' })],
    'x5c-empty': ['x5c is empty', byAttacker({ x5c: [] })],
    iss: ['iss in the header names the attacker', byAttacker({ iss: 'https://attacker.example' })],
  },
)

/** Signed under what a verifier finds that follows the `kid`. */
function underFound(kid: JsonTemplate, text: string): TokenRecipe {
  return {
    header: { set: { alg: 'HS256', kid } },
    payload: ADMIN,
    signing: { by: 'secret', algorithm: 'HS256', secret: { text } },
  }
}

const KID: readonly AttackCase[] = defineCases(
  {
    group: 'kid',
    level: 'forgery',
    reason:
      'RFC 8725 section 3.10: kid is input; it must not choose a file, a query or a member of an object',
  },
  {
    'path-to-empty-file': ['path to an empty file', underFound('../../../../../../dev/null', '')],
    'absolute-path': ['absolute path to an empty file', underFound('/dev/null', '')],
    'file-url': ['URL of an empty file', underFound('file:///dev/null', '')],
    'sql-union': ['SQL that selects a key', underFound("x' UNION SELECT 'secret' -- ", 'secret')],
    'sql-true': ['SQL that is always true', byAttacker({ kid: "' OR '1'='1" })],
    'nosql-operator': ['operator of a document store', byAttacker({ kid: { $ne: null, x: 1 } })],
    command: ['shell command', byAttacker({ kid: '<kid>; id' })],
    template: ['template expression', byAttacker({ kid: '$' + '{7*7}' })],
    'nul-behind': ['the right kid before a NUL', byAttacker({ kid: '<kid>\u0000.attacker' })],
    'line-break': ['line break for the log', byAttacker({ kid: '<kid>\r\nlevel=info accepted' })],
    'leading-space': ['the right kid behind a space', byAttacker({ kid: ' <kid>' })],
    empty: ['empty', byAttacker({ kid: '' })],
    long: ['8000 characters', byAttacker({ kid: { $long: 8000 } })],
    url: ['URL of a key', byAttacker({ kid: 'https://attacker.example/key.pem' })],
    proto: ['__proto__', byAttacker({ kid: '__proto__' })],
    'constructor-name': ['constructor', byAttacker({ kid: 'constructor' })],
    'to-string': ['toString', byAttacker({ kid: 'toString' })],
    'has-own-property': ['hasOwnProperty', byAttacker({ kid: 'hasOwnProperty' })],
    'value-of-null': ['the word null', byAttacker({ kid: 'null' })],
    list: ['array that holds the right kid', byAttacker({ kid: ['<kid>'] })],
    index: ['the number 0', byAttacker({ kid: 0 })],
    'lone-surrogate': ['half of a surrogate pair', byAttacker({ kid: '<kid>\ud800' })],
  },
)

const KID_TYPES: readonly AttackCase[] = defineCases(
  {
    group: 'kid-type',
    level: 'strictness',
    reason: 'RFC 7515 section 4.1.4: kid is a string, and there is one of it',
  },
  {
    null: ['kid is null', { header: { set: { kid: null } } }],
    true: ['kid is true', { header: { set: { kid: true } } }],
    number: ['kid is a number', { header: { set: { kid: 1 } } }],
    list: ['kid is an array that holds the right one', { header: { set: { kid: ['<kid>'] } } }],
    object: ['kid is an object', { header: { set: { kid: { id: '<kid>' } } } }],
    repeated: ['kid twice', { header: { remove: ['kid'], first: '"kid":"<kid>"', last: '"kid":"<kid>"' } }],
  },
)

const WEAK: readonly AttackCase[] = defineCases(
  {
    group: 'weak-key',
    level: 'strictness',
    reason: 'RFC 7518 section 3.2: an HMAC key is at least as long as the hash, and from a random source',
    when: { schemes: ['hmac'] },
  },
  {
    'secret-short': ['a verifier made with a secret of 8 bytes', { weakKey: 'secret_short' }],
    'secret-published': [
      'a verifier made with a secret of the documentation',
      { weakKey: 'secret_published' },
    ],
    'secret-repeated': ['a verifier made with 64 equal bytes', { weakKey: 'secret_is_repeated' }],
    'secret-is-pem': [
      'a verifier made with the PEM text of a public key as its secret',
      { weakKey: 'secret_is_pem' },
      { reason: 'RFC 8725 section 2.1: whoever has the public key can sign' },
    ],
    'secret-is-jwk': [
      'a verifier made with the text of a public JWK as its secret',
      { weakKey: 'secret_is_jwk' },
      { reason: 'RFC 8725 section 2.1: whoever has the public key can sign' },
    ],
    'rsa-1024': [
      'a verifier made with an RSA key of 1024 bits',
      { weakKey: 'rsa_1024' },
      {
        reason: 'RFC 7518 sections 3.3 and 3.5: 2048 bits or more',
        when: { schemes: ['rsa-pkcs1', 'rsa-pss'] },
      },
    ],
    'rsa-exponent-3': [
      'a verifier made with an RSA key of exponent 3',
      { weakKey: 'rsa_exponent_3' },
      {
        reason: 'FIPS 186-5 section 5.1: an exponent above 2^16',
        when: { schemes: ['rsa-pkcs1', 'rsa-pss'] },
      },
    ],
    'ed25519-small-order': [
      'a verifier made with a point of small order, and a signature that fits everything',
      { weakKey: 'ed25519_small_order', signing: { by: 'nobody' }, signature: { eddsa: 'identity' } },
      {
        reason: 'RFC 8032 section 8.4 and RFC 7748 section 6: such a key needs no private one',
        when: { schemes: ['eddsa'] },
      },
    ],
  },
)

/** Whose key it is. */
export const KEY_CASES: readonly AttackCase[] = [...FOREIGN, ...EMBEDDED, ...KID, ...KID_TYPES, ...WEAK]
