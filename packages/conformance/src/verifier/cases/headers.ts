import { type AttackCase, type AttackRow, defineCases } from '../attack-case.js'
import type { JsonTemplate, TokenRecipe } from '../token-recipe.js'

function withHeader(set: { readonly [name: string]: JsonTemplate }): TokenRecipe {
  return { header: { set } }
}

const CRITICAL: readonly AttackCase[] = defineCases(
  {
    group: 'crit',
    level: 'strictness',
    reason:
      'RFC 7515 section 4.1.11: who does not understand every name of crit must refuse; empty or odd lists too',
  },
  {
    unknown: ['an extension that nobody knows', withHeader({ crit: ['x-bind'], 'x-bind': 'tls' })],
    'unknown-url': [
      'an extension named by a URL',
      withHeader({ crit: ['http://example.invalid/UNDEFINED'], 'http://example.invalid/UNDEFINED': true }),
    ],
    'not-present': ['an extension that is not in the header', withHeader({ crit: ['x-bind'] })],
    empty: ['an empty list', withHeader({ crit: [] })],
    null: ['null', withHeader({ crit: null })],
    text: ['text instead of a list', withHeader({ crit: 'x-bind', 'x-bind': 'tls' })],
    'empty-text': ['the empty text', withHeader({ crit: '' })],
    false: ['false', withHeader({ crit: false })],
    number: ['a number', withHeader({ crit: 1 })],
    object: ['an object', withHeader({ crit: { 'x-bind': true }, 'x-bind': 'tls' })],
    'empty-object': ['an empty object', withHeader({ crit: {} })],
    'holds-null': ['a list that holds null', withHeader({ crit: [null] })],
    'holds-number': ['a list that holds a number', withHeader({ crit: [1], 1: true })],
    'holds-empty-text': ['a list that holds the empty text', withHeader({ crit: [''], '': true })],
    registered: ['a name of RFC 7515 itself', withHeader({ crit: ['alg'] })],
    exp: ['a claim that stands in the header', withHeader({ crit: ['exp'], exp: { $now: 900 } })],
    repeated: ['a name twice in the list', withHeader({ crit: ['x-bind', 'x-bind'], 'x-bind': 'tls' })],
    'repeated-member': ['crit twice', { header: { first: '"crit":["x-bind"]', last: '"crit":["x-bind"]' } }],
    proto: ['__proto__', withHeader({ crit: ['__proto__'] })],
    'to-string': ['toString', withHeader({ crit: ['toString'] })],
    escaped: [
      'its name written with an escape',
      { header: { last: '"\\u0063rit":["x-bind"],"x-bind":"tls"' } },
    ],
  },
)

const MEANING: readonly AttackCase[] = defineCases(
  {
    group: 'header',
    level: 'strictness',
    reason: 'RFC 7797 sections 6 and 7: JWTs are never signed with b64 false',
  },
  {
    'b64-false': ['b64 false without crit', withHeader({ b64: false })],
    'b64-false-critical': ['b64 false with crit', withHeader({ b64: false, crit: ['b64'] })],
    'b64-text': ['b64 as text, with crit', withHeader({ b64: 'false', crit: ['b64'] })],
    zip: [
      'zip DEF',
      withHeader({ zip: 'DEF' }),
      {
        reason:
          'RFC 7516 section 4.1.3: zip is for encrypted tokens; here it leaves open what the payload says',
      },
    ],
    enc: [
      'enc in a signed token',
      withHeader({ enc: 'A256GCM' }),
      { reason: 'RFC 7516 section 9: enc says that a token is encrypted, which this one is not' },
    ],
    nested: [
      'a payload that is a signed token',
      { header: { set: { cty: 'JWT' } }, payload: { text: 'eyJhbGciOiJub25lIn0.e30.' } },
      { reason: 'RFC 7519 section 7.2 step 10: the payload is a JSON object' },
    ],
  },
)

function ofType(typ: JsonTemplate, title = `typ ${JSON.stringify(typ)}`): AttackRow {
  return [title, withHeader({ typ })]
}

const TYPES: readonly AttackCase[] = defineCases(
  {
    group: 'typ',
    level: 'strictness',
    reason:
      'RFC 8725 section 3.11, RFC 9068 section 4: another kind of token of the same issuer is not meant for here',
    when: { expectsType: true },
  },
  {
    absent: ['no typ', { header: { remove: ['typ'] } }],
    'id-token': [
      'an ID token',
      { header: { set: { typ: 'JWT' } }, payload: { set: { nonce: 'n-0S6', azp: '<audience>' } } },
    ],
    refresh: ofType('refresh+jwt'),
    'refresh-short': ofType('rt+jwt'),
    logout: ofType('logout+jwt'),
    'dpop-proof': ofType('dpop+jwt'),
    'security-event': ofType('secevent+jwt'),
    introspection: ofType('token-introspection+jwt'),
    jose: ofType('JOSE'),
    empty: ofType(''),
    'other-tree': ofType('text/<typ>'),
    suffix: ofType('<typ>; charset=utf-8'),
    space: ofType(' <typ>'),
    nul: ofType('<typ>\u0000'),
    repeated: ['typ twice', { header: { first: '"typ":"JWT"' } }],
  },
)

const TYPE_TYPES: readonly AttackCase[] = defineCases(
  {
    group: 'typ-type',
    level: 'strictness',
    reason: 'RFC 7515 section 4.1.9: typ is a string',
  },
  {
    null: ofType(null),
    true: ofType(true),
    number: ofType(1),
    list: ofType(['<typ>']),
    object: ofType({ type: '<typ>' }),
  },
)

/** What else a header says. */
export const HEADER_CASES: readonly AttackCase[] = [...CRITICAL, ...MEANING, ...TYPES, ...TYPE_TYPES]
